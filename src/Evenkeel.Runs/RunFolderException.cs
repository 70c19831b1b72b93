namespace Evenkeel.Runs;

/// <summary>The folder of a run is not free, holds no run, or another process trains there; the message says which, and what to do.</summary>
public sealed class RunFolderException : Exception
{
    /// <summary>An error with the message for people.</summary>
    public RunFolderException(string message)
        : base(message) { }

    /// <inheritdoc cref="RunFolderException(string)"/>
    public RunFolderException(string message, Exception? cause)
        : base(message, cause) { }
}
