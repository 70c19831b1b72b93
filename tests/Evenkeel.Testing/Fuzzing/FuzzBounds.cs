namespace Evenkeel.Testing.Fuzzing;

/// <summary>What one damaged file of some kilobytes may cost.</summary>
public sealed record FuzzBounds
{
    /// <summary>Most managed memory, and for libraries of the system growth of the process, in bytes: 64 MiB.</summary>
    public long MostBytes { get; init; } = 64 << 20;

    /// <summary>Longest time in seconds; after ten times of it the file counts as one that is never done with.</summary>
    public double MostSeconds { get; init; } = 1;

    /// <summary>Folder that receives the files that a fault came of; null to keep none.</summary>
    public string? Keep { get; init; }
}
