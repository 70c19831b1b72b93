using System.Globalization;
using Evenkeel.Testing.Torture;

namespace Evenkeel.Bench;

/// <summary>Random public calls from eight threads on shared objects; every number must be right, and nothing may stay at the end.</summary>
internal static class TortureBench
{
    private const int Threads = 8;

    /// <summary>Prints a table; returns whether there was no fault and no leak.</summary>
    public static bool Run(TextWriter output, int minutes, int seed)
    {
        TortureResult result = TortureRun.Run(
            seed,
            Threads,
            TimeSpan.FromMinutes(minutes),
            passed => Console.Error.Write($"\r{passed:mm\\:ss} of {minutes}:00 ")
        );
        Console.Error.WriteLine();
        output.WriteLine("| call | done, with the right numbers | refused as documented |");
        output.WriteLine("|---|---|---|");
        foreach ((string name, TortureCount count) in result.Counts.OrderBy(c => c.Key, StringComparer.Ordinal))
            output.WriteLine(Row(name, count));
        output.WriteLine(Row("all", result.All));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\nSeed {seed}, {Threads} threads, {minutes} minutes. Threads of Evenkeel's before and after: {result.Threads.Before}, {result.Threads.After}; managed memory, KiB: {result.Bytes.Before >> 10:N0}, {result.Bytes.After >> 10:N0}. Faults: {result.Faults.Count}."
            )
        );
        foreach (string fault in result.Faults)
            output.WriteLine($"\n- {fault}");
        return result.IsRight;
    }

    private static string Row(string name, TortureCount count) =>
        string.Create(CultureInfo.InvariantCulture, $"| {name} | {count.Done:N0} | {count.Refused:N0} |");
}
