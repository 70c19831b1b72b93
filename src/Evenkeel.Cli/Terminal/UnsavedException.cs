namespace Evenkeel.Cli.Terminal;

/// <summary>Something could not be saved; the message says what is lost, and what is there.</summary>
internal sealed class UnsavedException : Exception
{
    public UnsavedException() { }

    public UnsavedException(string message)
        : base(message) { }

    public UnsavedException(string message, Exception innerException)
        : base(message, innerException) { }
}
