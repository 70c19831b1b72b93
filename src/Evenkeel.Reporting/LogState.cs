namespace Evenkeel.Reporting;

/// <summary>How far a log has come to its file.</summary>
/// <param name="Failure">Why the newest attempt to write failed; null if it did not.</param>
/// <param name="Held">Entries that are in memory alone: they are written with the next attempt that succeeds.</param>
/// <param name="Lost">Entries dropped because the buffer was full.</param>
/// <param name="Remade">How often the file was deleted while it was written and made again with all that it had.</param>
public readonly record struct LogState(Exception? Failure, long Held, long Lost, int Remade);
