using System.Diagnostics;

namespace Evenkeel.Bench;

/// <summary>
/// Starts the process again without the variables that hold OpenBLAS to another processor's kernels: it reads them when it is loaded, so
/// they must be gone before.
/// </summary>
internal static class CleanStart
{
    private static readonly string[] Variables = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

    /// <summary>The exit code of the clean process, or null if this one is clean.</summary>
    public static int? Relaunched(string[] args)
    {
        if (Array.TrueForAll(Variables, v => Environment.GetEnvironmentVariable(v) is null))
            return null;
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(CleanStart).Assembly.Location);
        foreach (string arg in args)
            start.ArgumentList.Add(arg);
        foreach (string variable in Variables)
            start.Environment.Remove(variable);
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
