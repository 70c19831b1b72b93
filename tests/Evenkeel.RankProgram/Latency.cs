using System.Diagnostics;
using Evenkeel.Ranks;

namespace Evenkeel.RankProgram;

/// <summary>What exchanges cost here.</summary>
internal static class Latency
{
    public static void Measure(Communicator ranks)
    {
        foreach (int count in (int[])[1, 129, 2049])
        {
            var mine = new double[count];
            var all = new double[count * ranks.Size];
            Report(ranks, $"all-gather of {count} doubles", 2000, () => ranks.AllGather<double>(mine, all));
        }

        foreach (int count in (int[])[1024, 1 << 18, 1 << 22])
        {
            var sums = new float[count];
            var other = new float[count];
            Report(ranks, $"all-reduce of {count} floats", 20, () => ranks.AllReduce(sums));
            if ((ranks.Rank ^ 1) < ranks.Size)
                Report(
                    ranks,
                    $"swap of {count} floats",
                    20,
                    () => ranks.SendReceive<float>(sums, other, ranks.Rank ^ 1)
                );
        }
    }

    private static void Report(Communicator ranks, string what, int times, Action action)
    {
        for (int i = 0; i < times; i++)
            action();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
            action();
        double each = Stopwatch.GetElapsedTime(start).TotalMicroseconds / times;
        if (ranks.Rank == 0)
            Console.WriteLine($"{ranks.Engine}, {ranks.Size} ranks, {what}: {each:F1} us");
    }
}
