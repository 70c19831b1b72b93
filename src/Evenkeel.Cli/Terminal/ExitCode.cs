namespace Evenkeel.Cli.Terminal;

/// <summary>What the tool returns to the shell.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Bad data or model file, diverged training, a failed check, a disk that is full.</summary>
    public const int Failed = 1;

    /// <summary>Wrong arguments or configuration.</summary>
    public const int Usage = 2;

    /// <summary>Training could not go on; its state is saved, and a run goes on from there.</summary>
    public const int Stopped = 3;

    /// <summary>The result could not be written to standard output.</summary>
    public const int NoOutput = 4;

    /// <summary>Stopped by Ctrl-C or SIGTERM, with the state saved where there is state.</summary>
    public const int Interrupted = 130;
}
