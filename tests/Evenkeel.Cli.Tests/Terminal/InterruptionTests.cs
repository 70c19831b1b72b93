using System.Diagnostics;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Terminal;

public sealed class InterruptionTests
{
    private const int EndedBySigTerm = 128 + 15;

    [Fact]
    public void One_signal_ends_a_verb_that_has_nothing_to_save()
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows(), "There are no such signals elsewhere.");
        using Process bench = Shell.Start("bench", "--steps", "1000000000", "--threads", "1");
        try
        {
            WaitUntilAtWork(bench);
            Signals.Terminate(bench);
            Assert.True(bench.WaitForExit(TimeSpan.FromMinutes(1)), "The signal was swallowed.");
            Assert.Equal(EndedBySigTerm, bench.ExitCode);
        }
        finally
        {
            bench.Kill(entireProcessTree: true);
        }
    }

    // Starting takes less than a second of processor time; then its steps are at work.
    private static void WaitUntilAtWork(Process process)
    {
        while (!process.HasExited && process.TotalProcessorTime < TimeSpan.FromSeconds(2))
        {
            Thread.Sleep(20);
            process.Refresh();
        }
    }
}
