namespace Evenkeel.Cli.Terminal;

/// <summary>The command cannot be run as it was given: one line that says why and what to do instead.</summary>
internal sealed class UsageException(string message, Exception? cause) : Exception(message, cause)
{
    public UsageException(string message)
        : this(message, null) { }
}
