using System.Globalization;
using Evenkeel.Diagnostics;
using Evenkeel.Networks;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Bench;

/// <summary>
/// Each kind of kernel of a training step: its operations and bytes from the plan, its time, and what share that is of the machine's measured
/// peak and copy bandwidth.
/// </summary>
internal static class RooflineBench
{
    private const int Steps = 8;

    private static readonly (string Title, int Batch, Func<Graph> Graph)[] _networks =
    [
        ("ResNet-20", 128, () => CifarResNet.Create()),
        ("BN-Inception", 32, () => BnInception.Create()),
    ];

    /// <summary>Prints a table for each network.</summary>
    public static void Run(TextWriter output, int threads, string filter)
    {
        var options = new TrainingOptions
        {
            Threads = threads,
            Optimizer = new SgdMomentum(),
            LearningRate = new ConstantRate(0.01),
        };
        // Before the limits, whose arrays the collector takes away for seconds afterwards.
        (string Title, IReadOnlyList<ProfileRow> Rows)[] profiles =
        [
            .. _networks
                .Where(n => n.Title.Contains(filter, StringComparison.OrdinalIgnoreCase))
                .Select(n => ($"{n.Title}, batch {n.Batch}", ProfileRow.Measure(n.Graph(), n.Batch, Steps, options))),
        ];
        double peak = MachineLimits.Operations(threads),
            copy = MachineLimits.CopiedBytes(threads);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{threads} thread(s): {peak / 1e9:F0} GFLOP/s of fused multiplications and additions, {copy / 1e9:F1} GB/s read and written by a copy.\n"
            )
        );
        foreach ((string title, IReadOnlyList<ProfileRow> rows) in profiles)
            Show(output, title, rows, peak, copy);
    }

    private static void Show(TextWriter output, string title, IReadOnlyList<ProfileRow> rows, double peak, double copy)
    {
        output.WriteLine($"{title}:\n");
        output.WriteLine("| kernel | times | ms | share | GFLOP | MB | of the peak | of the bandwidth |");
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        double sum = rows.Sum(r => r.Microseconds);
        foreach ((int count, ProfileRow kind) in ProfileRow.ByKernel(rows))
        {
            double seconds = kind.Microseconds / 1e6;
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {kind.Kernel} | {count} | {seconds * 1e3:F2} | {kind.Microseconds / sum:P1} | {kind.Operations / 1e9:F2} | {kind.Bytes / 1e6:F1} | {kind.Operations / seconds / peak:P0} | {kind.Bytes / seconds / copy:P0} |"
                )
            );
        }

        output.WriteLine();
    }
}
