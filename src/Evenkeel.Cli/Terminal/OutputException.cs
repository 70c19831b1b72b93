namespace Evenkeel.Cli.Terminal;

/// <summary>The result could not be written to standard output.</summary>
internal sealed class OutputException(string message, Exception? cause = null) : Exception(message, cause);
