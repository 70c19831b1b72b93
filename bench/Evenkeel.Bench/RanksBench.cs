using System.Diagnostics;
using System.Globalization;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Networks;
using Evenkeel.Optimizers;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel.Bench;

/// <summary>
/// A training step of two ranks of one thread beside one rank of one thread, same batch: statistics of all slices, and of each alone. Ranks
/// are threads of this process, and take turns with the single one.
/// </summary>
internal static class RanksBench
{
    private const int Ranks = 2;

    private static readonly (string Name, Func<Graph> Make, int Batch, int Steps)[] Networks =
    [
        ("MNIST", () => MnistNetwork.Create(batchNorm: true), 60, 300),
        ("ResNet-20", () => CifarResNet.Create(), 256, 3),
        ("BN-Inception", () => BnInception.Create(), 64, 1),
    ];

    /// <summary>Prints a markdown table.</summary>
    public static void Run(TextWriter output, int rounds)
    {
        output.WriteLine(
            "| network | batch | one rank, ms | in 2 slices | two ranks, tied | gain | two ranks, ghost | gain |"
        );
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach ((string name, Func<Graph> make, int batch, int steps) in Networks)
        {
            Graph tied = make();
            Graph ghost = Ghost(tied);
            double[][] times =
            [
                .. Enumerable
                    .Range(0, rounds)
                    .Select(_ =>
                        new[]
                        {
                            Time(tied, batch, steps, 1, 1),
                            Time(tied, batch, steps, Ranks, 1),
                            Time(tied, batch, steps, Ranks, Ranks),
                            Time(ghost, batch, steps, Ranks, Ranks),
                        }
                    ),
            ];
            double[] median = [.. Enumerable.Range(0, 4).Select(i => Median(times.Select(t => t[i])))];
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {batch} | {median[0]:F3} | {median[1]:F3} | {median[2]:F3} | {median[0] / median[2]:F2} | {median[3]:F3} | {median[0] / median[3]:F2} |"
                )
            );
        }

        output.WriteLine();
    }

    private static Graph Ghost(Graph graph)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes.Where(n => n.Layer is BatchNorm))
            editor.Replace(node.Name, (BatchNorm)node.Layer with { TiedSlices = 1 });
        return editor.ToGraph();
    }

    // The median time of a step on the first rank, in ms.
    private static double Time(Graph graph, int batch, int steps, int slices, int ranks)
    {
        double result = 0;
        var random = new Random(1);
        float[] inputs = new float[batch * graph.Input.Shape.Count];
        foreach (ref float value in inputs.AsSpan())
            value = (random.NextSingle() * 4) - 1.7f;
        int[] labels = [.. Enumerable.Range(0, batch).Select(_ => random.Next(graph.OutputShape.Channels))];
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                using Model model = Model.Create(graph, 1);
                var options = new TrainingOptions
                {
                    BatchSize = batch,
                    Slices = slices,
                    Threads = 1,
                    Optimizer = new SgdMomentum(),
                };
                using var trainer = new BatchTrainer(model, batch, options, ranks: rank);
                trainer.JoinRanks();
                double[] times = new double[steps];
                for (int i = -Math.Max(1, steps / 2); i < steps; i++)
                {
                    long before = Stopwatch.GetTimestamp();
                    trainer.Step(inputs, labels);
                    if (i >= 0)
                        times[i] = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
                }

                if (rank.Rank == 0)
                    result = Median(times);
            }
        );
        return result;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
