using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>Signals to processes, which .NET does not send.</summary>
internal static partial class Signals
{
    private const int SigTerm = 15;

    public static void Terminate(Process process) => Assert.Equal(0, Kill(process.Id, SigTerm));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
