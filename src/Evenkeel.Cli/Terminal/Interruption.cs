using System.Runtime.InteropServices;

namespace Evenkeel.Cli.Terminal;

/// <summary>
/// Ctrl-C, SIGTERM and a closed terminal. The first one asks work that heeds it to finish its step and save; a second one ends the process, and
/// so does the first where nobody heeds it.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private const string ShowCursor = "\e[?25h\n";
    private static readonly AsyncLocal<CancellationTokenSource?> Current = new();
    private static volatile bool _heeded;
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    private Interruption()
    {
        Current.Value = _source;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle),
        ];
    }

    /// <summary>Cancelled by the first signal; in a process without <see cref="Listen"/>, never.</summary>
    public static CancellationToken Token => Current.Value?.Token ?? CancellationToken.None;

    /// <summary>The same token, for work that looks at it often: the first signal no longer ends the process.</summary>
    public static CancellationToken Heed()
    {
        _heeded = true;
        return Token;
    }

    /// <summary>Listens until disposed.</summary>
    public static Interruption Listen() => new();

    /// <summary>For tests in one process: work started here is cancelled by <paramref name="source"/>.</summary>
    internal static void Use(CancellationTokenSource? source) => Current.Value = source;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        Current.Value = null;
        _source.Dispose();
    }

    private void Handle(PosixSignalContext signal)
    {
        // A second signal means now, as does the first where nothing is to be saved: the default action ends the process, and files are whole
        // at any moment.
        if (!_heeded || _source.IsCancellationRequested)
        {
            if (TerminalConsole.IsTerminal(Console.Error))
                Console.Error.Write(ShowCursor);
            return;
        }

        signal.Cancel = true;
        _source.Cancel();
    }
}
