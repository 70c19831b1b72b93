using Evenkeel.Networks;
using Evenkeel.Normalization;
using Evenkeel.Ranks;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Ranks;

/// <summary>Sequences of different length on ranks: statistics weigh each slice by the sequences of it that have a step, not by its size.</summary>
public sealed class PaddedSliceTests
{
    private const int Steps = 3;
    private const string Norm = "rnn1.input_norm";

    // All long sequences lie on the first rank: of the last step, the second has one sequence, or none.
    private static readonly int[][] _batches =
    [
        [3, 3, 3, 3, 1, 2, 3, 2],
        [3, 3, 3, 3, 1, 2, 1, 2],
    ];

    public static TheoryData<int, int> Shares =>
        new()
        {
            { 0, 1 },
            { 1, 1 },
            { 0, 2 },
            { 1, 2 },
        };

    // Running statistics that keep the last batch alone are its own.
    [Theory]
    [MemberData(nameof(Shares))]
    public void Statistics_of_a_step_are_those_of_the_sequences_that_have_it(int batch, int ranks)
    {
        int[] lengths = _batches[batch];
        float[] inputs = Inputs(lengths);
        float[][] found = Train(inputs, ranks, syncGroup: 0);
        for (int step = 0; step < Steps; step++)
        {
            (double[] mean, double[] variance) = Moments(
                inputs,
                [.. Enumerable.Range(0, 8).Where(i => lengths[i] > step)],
                step
            );
            Close.Absolute(mean, found[step], 1e-6, $"mean of step {step}");
            Close.Absolute(variance, found[Steps + step], 1e-6, $"variance of step {step}");
        }
    }

    // With statistics of each slice alone: means by the number of sequences, variances by what they lose to their means. A slice with one sequence has
    // been normalised with the running statistics, and brings its own value all the same.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Groups_are_pooled_by_how_many_sequences_have_the_step(int ranks)
    {
        int[] lengths = _batches[0];
        float[] inputs = Inputs(lengths);
        float[][] found = Train(inputs, ranks, syncGroup: 1);
        for (int step = 0; step < Steps; step++)
        {
            int[][] groups =
            [
                [.. Enumerable.Range(0, 4).Where(i => lengths[i] > step)],
                [.. Enumerable.Range(4, 4).Where(i => lengths[i] > step)],
            ];
            var moments = groups.Select(g => (g.Length, Of: Moments(inputs, g, step))).ToArray();
            double count = groups.Sum(g => g.Length);
            for (int c = 0; c < 2; c++)
            {
                double mean = moments.Sum(m => m.Length * m.Of.Mean[c]) / count,
                    squares = moments.Sum(m => Math.Max(0, m.Length - 1) * (m.Length > 1 ? m.Of.Variance[c] : 0));
                Assert.Equal(mean, found[step][c], 1e-6);
                Assert.Equal(squares / (count - groups.Length), found[Steps + step][c], 1e-6);
            }
        }
    }

    [Fact]
    public void Recalibration_takes_in_a_sequence_that_is_alone_in_its_batch()
    {
        int[] lengths = [3, 1, 1, 3, 2, 1];
        float[] inputs = Inputs(lengths);
        using Model model = Samples.Model(Build(0));
        var options = new PopulationOptions { BatchSize = 2, Seed = 4 };
        var data = new ArrayDataset("padded", inputs, [Steps, 2]);
        IReadOnlyDictionary<string, ChannelStatistics> found = model.MeasurePopulation(data, options);
        (double[] mean, double[] variance) = Moments(inputs, [0, 3], 2, Weights(model));
        Close.Absolute(mean, [.. found[$"{Norm}.2"].Mean.Select(v => (float)v)], 1e-6, "mean");
        Close.Absolute(variance, [.. found[$"{Norm}.2"].Variance.Select(v => (float)v)], 1e-6, "variance");
    }

    // Nothing is known of a step that one sequence has.
    [Theory]
    [InlineData(PopulationEstimator.Pooled)]
    [InlineData(PopulationEstimator.Paper)]
    public void A_step_that_one_sequence_has_keeps_its_running_statistics(PopulationEstimator estimator)
    {
        using Model model = Samples.Model(Build(0));
        model.Floats($"{Norm}.2.running_mean").Fill(3);
        var data = new ArrayDataset("padded", Inputs([3, 2, 1, 2, 2, 1]), [Steps, 2]);
        IReadOnlyDictionary<string, ChannelStatistics> found = model.MeasurePopulation(
            data,
            new PopulationOptions { BatchSize = 6, Estimator = estimator }
        );
        Assert.Equal([3, 3], found[$"{Norm}.2"].Mean);
        Assert.DoesNotContain(3, found[$"{Norm}.1"].Mean);
    }

    private static Graph Build(int syncGroup) =>
        Network
            .Input(Steps, 2)
            .Rnn(
                2,
                new RecurrentOptions
                {
                    Masked = true,
                    Sequence = false,
                    BatchNorm = new RecurrentBatchNorm
                    {
                        Convention = BatchNormConvention.Default with { UpdateRate = 1 },
                        StartNoise = 0,
                        SyncGroupSize = syncGroup,
                    },
                }
            )
            .Linear(4)
            .Build();

    private static float[] Weights(Model model) => model.Floats("rnn1.input.weight").ToArray();

    // Running means of the product of the input of all steps, then running variances.
    private static float[][] Train(float[] inputs, int ranks, int syncGroup)
    {
        var options = new TrainingOptions
        {
            BatchSize = 8,
            Slices = 2,
            Threads = 1,
        };
        float[][][] results = new float[ranks][][];
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                using Model model = Samples.Model(Build(syncGroup));
                using var trainer = new BatchTrainer(model, 8, options, ranks: rank);
                trainer.JoinRanks();
                trainer.Step(inputs, Samples.Labels(8, 4, 5));
                results[rank.Rank] =
                [
                    .. from tensor in (string[])["running_mean", "running_var"]
                    from step in Enumerable.Range(0, Steps)
                    select model.Floats($"{Norm}{(step == 0 ? "" : $".{step}")}.{tensor}").ToArray(),
                ];
            }
        );
        Assert.All(results, r => Assert.Equal(results[0], r));
        return results[0];
    }

    // Of w x over some sequences at one step, in double precision; the variance is unbiased.
    private static (double[] Mean, double[] Variance) Moments(
        float[] inputs,
        int[] sequences,
        int step,
        float[]? weights = null
    )
    {
        if (weights is null)
        {
            using Model model = Samples.Model(Build(0));
            weights = Weights(model);
        }

        double[] mean = new double[2],
            variance = new double[2];
        for (int c = 0; c < 2; c++)
        {
            double[] values = [.. sequences.Select(i => (double)inputs[((i * Steps) + step) * 2] * weights[c])];
            mean[c] = values.DefaultIfEmpty().Average();
            variance[c] = values.Sum(v => Math.Pow(v - mean[c], 2)) / Math.Max(1, values.Length - 1);
        }

        return (mean, variance);
    }

    private static float[] Inputs(int[] lengths)
    {
        float[] inputs = Samples.Floats(lengths.Length * Steps * 2, 9);
        for (int row = 0; row < lengths.Length * Steps; row++)
            inputs[(row * 2) + 1] = row % Steps < lengths[row / Steps] ? 1 : 0;
        return inputs;
    }
}
