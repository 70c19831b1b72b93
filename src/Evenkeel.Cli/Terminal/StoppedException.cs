namespace Evenkeel.Cli.Terminal;

/// <summary>A run could not go on, and its state is saved.</summary>
internal sealed class StoppedException : Exception
{
    public StoppedException() { }

    public StoppedException(string message)
        : base(message) { }

    public StoppedException(string message, Exception innerException)
        : base(message, innerException) { }
}
