namespace Evenkeel.Cli.Terminal;

/// <summary>The result could not be written to standard output.</summary>
internal sealed class OutputException : Exception
{
    public OutputException() { }

    public OutputException(string message)
        : base(message) { }

    public OutputException(string message, Exception innerException)
        : base(message, innerException) { }
}
