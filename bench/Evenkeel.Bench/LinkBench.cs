using System.Diagnostics;
using System.Globalization;
using Evenkeel.Ranks;

namespace Evenkeel.Bench;

/// <summary>What a swap between two ranks costs here, and how far latency and bandwidth alone account for it.</summary>
internal static class LinkBench
{
    private const int Shortest = 8;
    private const int Longest = 8 << 20;
    private const int Step = 32;

    /// <summary>Prints a markdown table of swaps of 8 bytes to 8 MiB.</summary>
    public static void Run(TextWriter output) =>
        BenchRanks.Run(
            output,
            (ranks, shown) =>
            {
                Link link = Measure(ranks);
                shown.WriteLine(Words(link));
                shown.WriteLine();
                shown.WriteLine("| bytes each way | us | by latency and bandwidth, us |");
                shown.WriteLine("|---|---|---|");
                for (int bytes = Shortest; bytes <= Longest; bytes *= Step)
                    shown.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"| {bytes} | {Swap(ranks, bytes) * 1e6:F1} | {link.Time(1, bytes) * 1e6:F1} |"
                        )
                    );
            }
        );

    /// <summary>The latency of the shortest message and the bandwidth of the longest, between neighbours.</summary>
    public static Link Measure(Communicator ranks)
    {
        double latency = Swap(ranks, Shortest),
            longest = Swap(ranks, Longest);
        return new Link(ranks.Engine, latency, Longest / Math.Max(1e-9, longest - latency));
    }

    /// <summary>A link in words.</summary>
    public static string Words(Link link) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{link.Name}: latency {link.Latency * 1e6:F1} us, bandwidth {link.Bandwidth / 1e6:F0} MB/s each way."
        );

    // The median time of a swap, s.
    private static double Swap(Communicator ranks, int bytes)
    {
        var mine = new byte[bytes];
        var theirs = new byte[bytes];
        int times = Math.Clamp((1 << 22) / bytes, 5, 500);
        var took = new double[times];
        for (int i = -2; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            ranks.SendReceive<byte>(mine, theirs, ranks.Rank ^ 1);
            if (i >= 0)
                took[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(took);
        return took[times / 2];
    }
}
