namespace Evenkeel.Cli.Terminal;

/// <summary>A run could not go on, and its state is saved.</summary>
internal sealed class StoppedException(string message, Exception? cause = null) : Exception(message, cause);
