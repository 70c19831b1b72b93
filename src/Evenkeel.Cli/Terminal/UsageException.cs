namespace Evenkeel.Cli.Terminal;

/// <summary>The command cannot be run as it was given: one line that says why and what to do instead.</summary>
internal sealed class UsageException : Exception
{
    public UsageException() { }

    public UsageException(string message)
        : base(message) { }

    public UsageException(string message, Exception innerException)
        : base(message, innerException) { }
}
