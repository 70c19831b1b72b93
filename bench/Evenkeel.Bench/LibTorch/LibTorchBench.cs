using System.Globalization;

namespace Evenkeel.Bench.LibTorch;

/// <summary>
/// Training steps beside libtorch as shipped and with page faults tuned away, with and without batch normalisation. The three processes of a row
/// are warm and are asked in turns.
/// </summary>
internal static class LibTorchBench
{
    /// <summary>Prints markdown tables; false if the networks of the two sides differ.</summary>
    /// <param name="filter">Part of the names of the networks.</param>
    public static bool Run(TextWriter output, int[] threads, int rounds, string filter, string peers)
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
            from batchNorm in (bool[])[true, false]
            select StepRow.Measure(peer, network, new StepCase(batch, count, batchNorm), rounds),
        ];
        output.WriteLine();
        WriteTimes(output, rows);
        output.WriteLine();
        WriteCosts(output, rows);
        output.WriteLine();
        WriteMemory(output, rows);
        return right;
    }

    private static void WriteTimes(TextWriter output, List<StepRow> rows)
    {
        output.WriteLine(
            "| network | batch | BN | threads | Evenkeel, ms | libtorch tuned | as shipped | speed beside tuned | of least times | beside shipped |"
        );
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (StepRow row in rows)
        {
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Start(row)} | {(row.Case.BatchNorm ? "with" : "without")} | {row.Case.Threads} | {row.Ours.Median * 1e3:F3} | {row.Tuned.Median * 1e3:F3} | {row.Shipped.Median * 1e3:F3} | {row.Tuned.Median / row.Ours.Median:F2} | {row.Tuned.Least / row.Ours.Least:F2} | {row.Shipped.Median / row.Ours.Median:F2} |"
                )
            );
        }
    }

    private static void WriteCosts(TextWriter output, List<StepRow> rows)
    {
        output.WriteLine("Time of a step with BN over that of one without:");
        output.WriteLine();
        output.WriteLine("| network | batch | threads | Evenkeel | libtorch tuned | as shipped |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (StepRow with in rows.Where(r => r.Case.BatchNorm))
        {
            StepRow without = rows.Single(r =>
                r.Network == with.Network && r.Case == (with.Case with { BatchNorm = false })
            );
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Start(with)} | {with.Case.Threads} | {with.Ours.Median / without.Ours.Median:F2} | {with.Tuned.Median / without.Tuned.Median:F2} | {with.Shipped.Median / without.Shipped.Median:F2} |"
                )
            );
        }
    }

    private static void WriteMemory(TextWriter output, List<StepRow> rows)
    {
        output.WriteLine("Most memory of the process, in MB, and page faults of a step:");
        output.WriteLine();
        output.WriteLine(
            "| network | batch | BN | threads | Evenkeel, MB | libtorch tuned | as shipped | Evenkeel, faults | libtorch tuned | as shipped |"
        );
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (StepRow row in rows)
        {
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Start(row)} | {(row.Case.BatchNorm ? "with" : "without")} | {row.Case.Threads} | {row.Ours.PeakMegabytes:F0} | {row.Tuned.PeakMegabytes:F0} | {row.Shipped.PeakMegabytes:F0} | {row.Ours.PageFaults:F0} | {row.Tuned.PageFaults:F0} | {row.Shipped.PageFaults:F0} |"
                )
            );
        }
    }

    private static string Start(StepRow row) => $"| {row.Network.Title} | {row.Case.Batch}";
}
