using System.Globalization;
using Evenkeel.Testing.Fuzzing;

namespace Evenkeel.Bench;

/// <summary>Reads damaged files of every format; each must be read or refused with a clear error, quickly and in little memory.</summary>
internal static class FuzzBench
{
    /// <summary>Prints a table; returns whether there was no fault.</summary>
    public static bool Run(TextWriter output, int count, int seed)
    {
        output.WriteLine(
            "| format | damaged files | read all the same | slowest, ms | most managed memory, KiB | faults |"
        );
        output.WriteLine("|---|---|---|---|---|---|");
        FuzzResult[] results = [.. FuzzTargets.All().Select(target => Show(output, FuzzRun.Run(target, count, seed)))];
        foreach (string fault in results.SelectMany(r => r.Faults))
            output.WriteLine($"\n- {fault}");
        return results.All(r => r.Faults.Count == 0);
    }

    private static FuzzResult Show(TextWriter output, FuzzResult r)
    {
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {r.Name} | {r.Count:N0} | {r.Accepted:N0} | {1e3 * r.SlowestSeconds:F0} | {r.MostBytes >> 10:N0} | {r.Faults.Count} |"
            )
        );
        return r;
    }
}
