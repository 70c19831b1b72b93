using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel.Tests.Ranks;

/// <summary>Trains small networks on any number of ranks.</summary>
internal static class SlicedTraining
{
    private const int Steps = 3;

    public static TrainingOptions Options(int slices, int threads) =>
        new()
        {
            BatchSize = 30,
            Slices = slices,
            Threads = threads,
            Optimizer = new SgdMomentum(0.9f),
            ClipNorm = 1,
        };

    /// <summary>What every rank has after a few batches of sizes that slices do not divide.</summary>
    public static float[] Train(string network, int ranks, TrainingOptions options) =>
        Run(
            network,
            ranks,
            options,
            trainer =>
            {
                for (int i = 0; i < Steps; i++)
                {
                    (float[] inputs, int[] labels) = Batch(trainer.Model.Graph, 29 - (4 * i));
                    trainer.Step(inputs, labels);
                }
            }
        );

    /// <summary>What every rank has in the end, which is the same on all.</summary>
    public static float[] Run(string network, int ranks, TrainingOptions options, Action<BatchTrainer> body)
    {
        float[][] results = new float[ranks][];
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                using Model model = Model.Create(SlicedNetworks.All[network](), 1);
                using var trainer = new BatchTrainer(model, 30, options, ranks: rank);
                trainer.JoinRanks();
                body(trainer);
                results[rank.Rank] = Everything(model);
            }
        );
        Assert.All(results, r => Assert.Equal(results[0], r));
        return results[0];
    }

    /// <summary>Parameters and running statistics.</summary>
    public static float[] Everything(Model model) =>
        [
            .. model.Trainable,
            .. model
                .Layout.Tensors.Where(t => t.Tensor.Name.Contains("running", StringComparison.Ordinal))
                .SelectMany(t => model.Floats(t.Tensor.Name).ToArray()),
        ];

    public static (float[] Inputs, int[] Labels) Batch(Graph graph, int count)
    {
        var random = new Random(count);
        float[] inputs =
        [
            .. Enumerable.Range(0, count * graph.Input.Shape.Count).Select(_ => (random.NextSingle() * 4) - 1.7f),
        ];
        return (inputs, [.. Enumerable.Range(0, count).Select(_ => random.Next(4))]);
    }
}
