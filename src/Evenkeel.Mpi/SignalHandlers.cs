using System.Runtime.InteropServices;

namespace Evenkeel.Mpi;

/// <summary>
/// The runtime's signal handlers, kept over the start of a library that sets its own. A null dereference is an exception only as long as
/// .NET has the handler of SIGSEGV; UCX, below MPICH and Open MPI, takes it and ends the process.
/// </summary>
internal static unsafe partial class SignalHandlers
{
    private const int Signals = 64;

    // Larger than struct sigaction of any system.
    private const int ActionBytes = 256;

    /// <summary>Runs <paramref name="action"/>; every handler that was set before is set again afterwards.</summary>
    public static void Keep(Action action)
    {
        if (OperatingSystem.IsWindows())
        {
            action();
            return;
        }

        // Read by UCX when it is loaded; the environment that .NET shows is a copy, which C does not see. Where it is set, it stays.
        _ = SetVariable("UCX_ERROR_SIGNALS", "", 0);
        byte* kept = stackalloc byte[Signals * ActionBytes];
        new Span<byte>(kept, Signals * ActionBytes).Clear();
        for (int i = 0; i < Signals; i++)
            _ = SignalAction(i + 1, null, kept + (i * ActionBytes));
        try
        {
            action();
        }
        finally
        {
            for (int i = 0; i < Signals; i++)
            {
                // The handler comes first in the struct; 0 is the default action, and a signal that cannot be asked for.
                if (*(nint*)(kept + (i * ActionBytes)) != 0)
                    _ = SignalAction(i + 1, kept + (i * ActionBytes), null);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SignalAction(int signal, byte* action, byte* before);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
