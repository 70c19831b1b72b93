using System.Diagnostics;
using System.Globalization;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Planning;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel.Bench;

/// <summary>
/// A training step of two ranks of one thread beside one rank of one thread, same batch: statistics of all slices, and of each alone. Ranks
/// are threads of this process, or processes where a launcher has started two. Beside each time is what the latency-bandwidth model says,
/// of the link as it is measured here and of half a batch as both ranks compute it at once.
/// </summary>
internal static class RanksBench
{
    private const int Slices = 2;

    private static readonly (string Name, Func<Graph> Make, int Batch, int Steps)[] Networks =
    [
        ("MNIST", () => MnistNetwork.Create(batchNorm: true), 60, 300),
        ("ResNet-20", () => CifarResNet.Create(), 256, 3),
        ("BN-Inception", () => BnInception.Create(), 64, 1),
        ("ResNet-50", () => ResNet.Create(50), 16, 1),
    ];

    /// <summary>Prints a markdown table.</summary>
    /// <param name="filter">Part of the names of the networks.</param>
    public static void Run(TextWriter output, int rounds, string filter) =>
        BenchRanks.Run(output, (ranks, shown) => Measure(shown, ranks, rounds, filter));

    private static void Measure(TextWriter output, Communicator ranks, int rounds, string filter)
    {
        if (ranks.Size != Slices)
            throw new CommunicatorException($"two ranks are measured, not {ranks.Size}");
        Link link = LinkBench.Measure(ranks);
        output.WriteLine(LinkBench.Words(link));
        output.WriteLine();
        output.WriteLine(
            "| network | batch | one rank, ms | in 2 slices | half a batch | two ranks, tied | by the model | gain | two ranks, ghost | by the model | gain |"
        );
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (
            (string name, Func<Graph> make, int batch, int steps) in Networks.Where(n =>
                n.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            Graph tied = make(),
                ghost = BatchNormTies.Of(tied, 1);
            double[] t = Medians(
                rounds,
                () => ranks.Rank == 0 ? Time(tied, batch, steps, 1, null) : 0,
                () => ranks.Rank == 0 ? Time(tied, batch, steps, Slices, null) : 0,
                () => Time(tied, batch / Slices, steps, 1, null),
                () => Time(tied, batch, steps, Slices, ranks),
                () => Time(ghost, batch, steps, Slices, ranks)
            );
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {batch} | {t[0]:F3} | {t[1]:F3} | {t[2]:F3} | {t[3]:F3} | {Predicted(tied, link, t[2])} | {t[0] / t[3]:F2} | {t[4]:F3} | {Predicted(ghost, link, t[2])} | {t[0] / t[4]:F2} |"
                )
            );
        }

        output.WriteLine();

        double[] Medians(int times, params Func<double>[] measured)
        {
            double[][] all = [.. Enumerable.Range(0, times).Select(_ => measured.Select(Together).ToArray())];
            return [.. measured.Select((_, i) => Median.Of(all.Select(t => t[i])))];
        }

        double Together(Func<double> time)
        {
            ranks.Barrier();
            return time();
        }
    }

    // From all gradients hidden behind the backward pass to none.
    private static string Predicted(Graph graph, Link link, double milliseconds)
    {
        var options = new PlanOptions(PlanMode.Training, Slices) { Loss = new SoftmaxCrossEntropy(), Slices = Slices };
        var step = RankScaling.Of(
            ExchangeTraffic.Of(ExecutionPlan.Build(graph, options), Slices),
            link,
            milliseconds / 1e3
        );
        return string.Create(CultureInfo.InvariantCulture, $"{step.Least * 1e3:F3} to {step.Most * 1e3:F3}");
    }

    // The median time of a step, in ms.
    private static double Time(Graph graph, int batch, int steps, int slices, Communicator? ranks)
    {
        var random = new Random(1);
        float[] inputs = new float[batch * graph.Input.Shape.Count];
        foreach (ref float value in inputs.AsSpan())
            value = (random.NextSingle() * 4) - 1.7f;
        int[] labels = [.. Enumerable.Range(0, batch).Select(_ => random.Next(graph.OutputShape.Channels))];
        using Model model = Model.Create(graph, 1);
        var options = new TrainingOptions
        {
            BatchSize = batch,
            Slices = slices,
            Threads = 1,
            Optimizer = new SgdMomentum(),
        };
        using var trainer = new BatchTrainer(model, batch, options, ranks: ranks);
        trainer.JoinRanks();
        double[] times = new double[steps];
        for (int i = -Math.Max(1, steps / 2); i < steps; i++)
        {
            long before = Stopwatch.GetTimestamp();
            trainer.Step(inputs, labels);
            if (i >= 0)
                times[i] = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
        }

        return Median.Of(times);
    }
}
