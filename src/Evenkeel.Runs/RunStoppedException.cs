namespace Evenkeel.Runs;

/// <summary>A run could not go on, such as for a loss that is not finite; its state is saved. The cause is the inner exception.</summary>
public sealed class RunStoppedException : Exception
{
    /// <summary>An error with the message for people.</summary>
    public RunStoppedException(string message)
        : base(message) { }

    /// <inheritdoc cref="RunStoppedException(string)"/>
    public RunStoppedException(string message, Exception? cause)
        : base(message, cause) { }

    /// <summary>The folder that the run can go on from; null where nothing is there to go on from.</summary>
    public string? ResumableFolder { get; init; }
}
