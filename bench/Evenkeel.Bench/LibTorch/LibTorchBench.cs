using System.Globalization;

namespace Evenkeel.Bench.LibTorch;

/// <summary>
/// Training steps beside libtorch as shipped and with page faults tuned away, with and without batch normalisation. The three processes of a row
/// are warm and are asked in turns.
/// </summary>
internal static class LibTorchBench
{
    private const string TimesHead =
        "| network | batch | BN | threads | Evenkeel, ms | libtorch tuned | as shipped | speed beside tuned | of least times | beside shipped |";
    private const string CostsHead = "| network | batch | threads | Evenkeel | libtorch tuned | as shipped |";
    private const string MemoryHead =
        "| network | batch | BN | threads | Evenkeel, MB | libtorch tuned | as shipped | Evenkeel, faults | libtorch tuned | as shipped |";

    /// <summary>Prints markdown tables; false if the networks of the two sides differ.</summary>
    /// <param name="filter">Part of the names of the networks.</param>
    /// <param name="recompute">Share of convolutions' work that Evenkeel does again.</param>
    public static bool Run(TextWriter output, int[] threads, int rounds, string filter, string peers, double recompute)
    {
        var peer = new LibTorchPeer(peers);
        if (!peer.IsBuilt)
        {
            output.WriteLine(
                "libtorch is not built: nothing to compare with. `bench/peers/libtorch/run build` fetches and builds it."
            );
            return true;
        }

        StepNetwork[] networks =
        [
            .. StepNetwork.All.Where(n => n.Title.Contains(filter, StringComparison.OrdinalIgnoreCase)),
        ];
        bool right = GradientAgreement.Run(output, peer, networks);
        List<StepRow> rows =
        [
            .. from network in networks
            from batch in network.Batches
            from count in threads
            from batchNorm in network.BatchNorm
            select StepRow.Measure(peer, network, new StepCase(batch, count, batchNorm, recompute), rounds),
        ];
        WriteTable(output, "Time of a step:", TimesHead, rows.Select(Times));
        WriteTable(
            output,
            "Time of a step with BN over that of one without:",
            CostsHead,
            from with in rows
            from without in rows
            where with.Case.BatchNorm
            where with.Network == without.Network && without.Case == (with.Case with { BatchNorm = false })
            select Costs(with, without)
        );
        WriteTable(
            output,
            "Most memory of the process, in MB, and page faults of a step:",
            MemoryHead,
            rows.Select(Memory)
        );
        return right;
    }

    // What a filter leaves nothing of is left out.
    private static void WriteTable(TextWriter output, string title, string head, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        if (all.Length == 0)
            return;
        output.WriteLine();
        output.WriteLine(title);
        output.WriteLine();
        output.WriteLine(head);
        output.WriteLine($"{string.Concat(Enumerable.Repeat("|---", head.Count(c => c == '|') - 1))}|");
        foreach (string line in all)
            output.WriteLine(line);
    }

    private static string Times(StepRow row) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Start(row)} | {(row.Case.BatchNorm ? "with" : "without")} | {row.Case.Threads} | {row.Ours.Median * 1e3:F3} | {row.Tuned.Median * 1e3:F3} | {row.Shipped.Median * 1e3:F3} | {row.Tuned.Median / row.Ours.Median:F2} | {row.Tuned.Least / row.Ours.Least:F2} | {row.Shipped.Median / row.Ours.Median:F2} |"
        );

    private static string Costs(StepRow with, StepRow without) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Start(with)} | {with.Case.Threads} | {with.Ours.Median / without.Ours.Median:F2} | {with.Tuned.Median / without.Tuned.Median:F2} | {with.Shipped.Median / without.Shipped.Median:F2} |"
        );

    private static string Memory(StepRow row) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Start(row)} | {(row.Case.BatchNorm ? "with" : "without")} | {row.Case.Threads} | {row.Ours.PeakMegabytes:F0} | {row.Tuned.PeakMegabytes:F0} | {row.Shipped.PeakMegabytes:F0} | {row.Ours.PageFaults:F0} | {row.Tuned.PageFaults:F0} | {row.Shipped.PageFaults:F0} |"
        );

    private static string Start(StepRow row) => $"| {row.Network.Title} | {row.Case.Batch}";
}
