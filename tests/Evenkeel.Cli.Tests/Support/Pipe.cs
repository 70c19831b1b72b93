using System.Diagnostics;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>Named pipes that nobody writes to.</summary>
internal static class Pipe
{
    /// <summary>Makes one; skips the test where there are none.</summary>
    public static string Make(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes among its files.");
        using Process made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
        return path;
    }
}
