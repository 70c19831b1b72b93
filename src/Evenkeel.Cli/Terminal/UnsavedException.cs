namespace Evenkeel.Cli.Terminal;

/// <summary>Something could not be saved; the message says what is lost, and what is there.</summary>
internal sealed class UnsavedException(string message, Exception? cause = null) : Exception(message, cause);
