using System.Diagnostics;
using System.Globalization;

namespace Evenkeel.Bench;

/// <summary>Whole training steps of BN-Inception with and without BN beside PyTorch, by bench/peers/compare_inception.py.</summary>
internal static class InceptionBench
{
    /// <summary>Prints the script's table; the tool must have been built in Release.</summary>
    public static void Run(TextWriter output, int threads, int rounds, string peers)
    {
        string[] arguments =
        [
            Path.Combine(peers, "compare_inception.py"),
            "--threads",
            threads.ToString(CultureInfo.InvariantCulture),
            "--rounds",
            rounds.ToString(CultureInfo.InvariantCulture),
        ];
        using Process process = Process.Start(
            new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardOutput = true }
        )!;
        while (process.StandardOutput.ReadLine() is { } line)
            output.WriteLine(line);
        process.WaitForExit();
        if (process.ExitCode != 0)
            output.WriteLine("Not measured: compare_inception.py failed; its message is above.");
    }
}
