namespace Evenkeel.Runs;

/// <summary>Something of a run could not be saved; the message says what is lost, and what is there.</summary>
public sealed class RunUnsavedException : Exception
{
    /// <summary>An error with the message for people.</summary>
    public RunUnsavedException(string message)
        : base(message) { }

    /// <inheritdoc cref="RunUnsavedException(string)"/>
    public RunUnsavedException(string message, Exception? cause)
        : base(message, cause) { }

    /// <summary>What came out of a run that was at its end all the same; null where steps are lost.</summary>
    public RunOutcome? Outcome { get; internal set; }

    /// <summary>The folder that the run can go on from, at an older step; null where nothing is there to go on from.</summary>
    public string? ResumableFolder { get; init; }
}
