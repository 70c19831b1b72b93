using System.Globalization;
using Evenkeel.Testing.Fuzzing;

namespace Evenkeel.Bench;

/// <summary>Reads damaged files of every format; each must be read or refused with a clear error, quickly and in little memory.</summary>
internal static class FuzzBench
{
    private static readonly FuzzBounds Bounds = new() { Keep = RepositoryFolder.Of("artifacts", "fuzz") };

    /// <summary>Prints a table; returns whether there was no fault.</summary>
    public static bool Run(TextWriter output, int count, int seed, string format)
    {
        output.WriteLine(
            "| format | damaged | files | read all the same | slowest, ms | most managed memory, KiB | most growth of the process, KiB | faults |"
        );
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        var results = new List<FuzzResult>();
        foreach (FuzzTarget target in FuzzTargets.All.Where(t => t.Name.Contains(format, StringComparison.Ordinal)))
        {
            foreach (FuzzDamage damage in target.Damages)
            {
                IEnumerable<FuzzCase> cases = Enumerable
                    .Range(0, count)
                    .Select(i => new FuzzCase(target, damage, seed, i));
                FuzzResult result = FuzzRun.Run(target, cases, Bounds);
                Show(output, target, damage, result);
                results.Add(result);
            }
        }

        foreach (string fault in results.SelectMany(r => r.Faults))
            output.WriteLine($"\n- {fault}");
        if (results.Any(r => r.FaultCount > 0))
            output.WriteLine($"\nThe files are in {Bounds.Keep}; their last number is that for --case.");
        return results.All(r => r.FaultCount == 0);
    }

    /// <summary>Keeps and reads one file of each kind of damage and says what came of it.</summary>
    public static bool Repeat(TextWriter output, int number, int seed, string format)
    {
        bool right = true;
        foreach (FuzzTarget target in FuzzTargets.All.Where(t => t.Name.Contains(format, StringComparison.Ordinal)))
        {
            foreach (FuzzDamage damage in target.Damages)
            {
                var one = new FuzzCase(target, damage, seed, number);
                Directory.CreateDirectory(Bounds.Keep!);
                File.WriteAllBytes(Path.Combine(Bounds.Keep!, $"{one}"), one.Content());
                FuzzResult result = FuzzRun.Run(target, [one], Bounds);
                output.WriteLine(
                    $"- {one}: {(result.Faults is [var fault, ..] ? fault : result.Accepted > 0 ? "read" : "refused")}"
                );
                right &= result.FaultCount == 0;
            }
        }

        return right;
    }

    private static void Show(TextWriter output, FuzzTarget target, FuzzDamage damage, FuzzResult r) =>
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {target.Name} | {damage.Name} | {r.Count:N0} | {r.Accepted:N0} | {1e3 * r.SlowestSeconds:F0} | {r.MostBytes >> 10:N0} | {(target.IsNative ? $"{r.MostGrowth >> 10:N0}" : "")} | {r.FaultCount} |"
            )
        );
}
