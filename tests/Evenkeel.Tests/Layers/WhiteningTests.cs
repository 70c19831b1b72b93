using Evenkeel.Execution;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Layers;

/// <summary>Normalisations that decorrelate, as layers of a network.</summary>
public sealed class WhiteningTests
{
    private static readonly BatchNormConvention Small = new() { Epsilon = 1e-7f };

    public static TheoryData<string> Kinds => ["decorrelated", "iterative"];

    public static TheoryData<string, int> KindsAndSizes =>
        [
            .. from kind in (string[])["decorrelated", "iterative"]
            from size in (int[])[0, 1, 2, 3, 6]
            select (kind, size),
        ];

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public void Gradients_of_rows_are_slopes(string kind, int size) =>
        GradientCheck.Run(Network.Input(7).Linear(6).Add(Norm(kind, size)).Tanh().Linear(3).Build(), batch: 20);

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public void Gradients_of_images_are_slopes(string kind, int size) =>
        GradientCheck.Run(
            Network.Input(4, 4, 3).Conv2d(6, 3, bias: false).Add(Norm(kind, size)).Flatten().Linear(3).Build(),
            batch: 6
        );

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_of_what_is_read_twice_are_slopes(string kind) =>
        GradientCheck.Run(
            Network.Input(5).Linear(6).Residual(null, n => n.Add(Norm(kind, 3))).Sigmoid().Linear(3).Build(),
            batch: 20
        );

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_with_running_statistics_are_slopes(string kind) =>
        GradientCheck.Run(
            Network
                .Input(5)
                .Linear(6)
                .Add(Norm(kind, 3) with { NormalizeWith = StatisticsSource.Running })
                .Sigmoid()
                .Linear(3)
                .Build(),
            batch: 7
        );

    [Theory]
    [InlineData(0, 200)]
    [InlineData(4, 90)]
    public void What_comes_out_has_no_correlations(int size, int batch)
    {
        Graph graph = Network.Input(8).Linear(8).DecorrelatedBatchNorm(size, Small).Build();
        double[] covariance = Covariance(Forward(graph, Samples.Floats(batch * 8, 3), PlanMode.BatchStatistics), 8);
        int group = size == 0 ? 8 : size;
        for (int i = 0; i < covariance.Length; i++)
        {
            // Rounding of floats, which the inverse roots of small eigenvalues enlarge.
            if (i / 8 / group == i % 8 / group)
                Assert.Equal(i / 8 == i % 8 ? 1 : 0, covariance[i], 2e-4);
        }

        // Groups stay as related as they were.
        if (size == 4)
            Assert.Contains(covariance.Index(), c => c.Index / 8 / 4 != c.Index % 8 / 4 && Math.Abs(c.Item) > 0.05);
    }

    [Fact]
    public void Groups_of_one_channel_are_batch_normalisation()
    {
        float[] inputs = Samples.Floats(30 * 8, 3);
        float[] plain = Forward(Network.Input(8).BatchNorm().Build(), inputs, PlanMode.BatchStatistics);
        float[] white = Forward(Network.Input(8).DecorrelatedBatchNorm(1).Build(), inputs, PlanMode.BatchStatistics);
        for (int i = 0; i < plain.Length; i++)
            Assert.Equal(plain[i], white[i], 3e-6f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    public void Fewer_rows_than_channels_stay_finite(int batch)
    {
        foreach (string kind in (string[])["decorrelated", "iterative"])
        {
            WhiteningNorm norm = Norm(kind, 0, Small with { SingleValue = SingleValuePolicy.SkipUpdate });
            Graph graph = Network.Input(8).Linear(8).Add(norm).Tanh().Linear(3).Build();
            using Model model = Samples.Model(graph);
            using var trainer = new BatchTrainer(model, 8, new TrainingOptions { Threads = 1 });
            for (int step = 0; step < 20; step++)
            {
                StepResult result = trainer.Step(
                    Samples.Floats(batch * 8, (ulong)step),
                    Samples.Labels(batch, 3, (ulong)step)
                );
                Assert.True(result.Applied && double.IsFinite(result.Loss));
            }
        }
    }

    [Fact]
    public void One_row_is_refused_with_a_remedy()
    {
        Graph graph = Network.Input(8).Linear(8).IterNorm(groupSize: 0, name: "white").Linear(3).Build();
        using Model model = Samples.Model(graph);
        using var trainer = new BatchTrainer(model, 8, new TrainingOptions());
        var e = Assert.Throws<SingleValuePerChannelException>(() => trainer.Step(Samples.Floats(8, 1), [1]));
        foreach (string word in (string[])["'white'", "8 channels", "lastBatch", "skipUpdate"])
            Assert.Contains(word, e.Message);
    }

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public void In_inference_it_is_one_map(string kind, int size)
    {
        foreach (
            Network input in (Network[])
                [Network.Input(6), Network.Input(5, 6), Network.Input(3, 4, 6), Network.Input(2, 2, 3, 6)]
        )
        {
            Graph graph = input.Add(Norm(kind, size), "white").Build();
            using Model model = Samples.Model(graph);
            using Model folded = model.FoldWhitening();
            Assert.DoesNotContain(folded.Graph.Nodes, n => n.Layer is WhiteningNorm);
            float[] inputs = Samples.Floats(3 * graph.Input.Shape.Count, 4);
            float[] expected = Forward(model, inputs, PlanMode.Inference);
            Assert.Equal(expected, Forward(folded, inputs, PlanMode.Inference), (a, b) => Math.Abs(a - b) < 1e-5f);
            using var predictor = new Predictor(model);
            Assert.Equal(expected, predictor.Predict(inputs), (a, b) => Math.Abs(a - b) < 1e-5f);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Running_statistics_that_are_no_numbers_are_not_folded(string kind)
    {
        using Model model = Samples.Model(Network.Input(6).Add(Norm(kind, 3), "white").Build());
        model.Floats("white.running_cov")[2] = float.NaN;
        Assert.Contains("'white'", Assert.Throws<GraphException>(() => model.FoldWhitening()).Message);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    public void Groups_that_do_not_divide_the_channels_are_refused(int size)
    {
        var e = Assert.Throws<GraphException>(() => Network.Input(8).DecorrelatedBatchNorm(size, name: "white"));
        foreach (string word in (string[])["white", "8 channels", $"groups of {size}", "0"])
            Assert.Contains(word, e.Message);
    }

    [Fact]
    public void What_whitening_cannot_do_is_refused()
    {
        Network input = Network.Input(8);
        Assert.Throws<GraphException>(() => input.IterNorm(iterations: 0, groupSize: 4, name: "a"));
        Assert.Throws<GraphException>(() => input.IterNorm(iterations: 65, groupSize: 4, name: "b"));
        Assert.Throws<GraphException>(() => input.DecorrelatedBatchNorm(4, new() { Epsilon = 0 }, "c"));
        Assert.Throws<GraphException>(() => input.DecorrelatedBatchNorm(4, new() { Renormalization = new() }, "d"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Threads_change_no_bit(string kind)
    {
        byte[] expected = Train(1);
        foreach (int threads in (int[])[2, 3, 8])
            Assert.True(expected.AsSpan().SequenceEqual(Train(threads)), $"{threads} threads");

        byte[] Train(int threads)
        {
            Graph graph = Network.Input(20).Linear(96).Add(Norm(kind, 48)).Relu().Linear(4).Build();
            using Model model = Model.Create(graph, 7);
            using var trainer = new BatchTrainer(model, 700, new TrainingOptions { Threads = threads });
            for (int step = 0; step < 5; step++)
                trainer.Step(Samples.Floats(700 * 20, (ulong)step), Samples.Labels(700, 4, 9));
            return Samples.Bytes(model);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_step_allocates_nothing(string kind)
    {
        Graph graph = Network.Input(20).Linear(48).Add(Norm(kind, 16)).Relu().Linear(4).Build();
        using Model model = Model.Create(graph, 7);
        using var trainer = new BatchTrainer(model, 60, new TrainingOptions { Threads = 2 });
        float[] inputs = Samples.Floats(60 * 20, 1);
        int[] labels = Samples.Labels(60, 4, 9);
        Assert.Equal(0, Testing.Allocations.Least(() => trainer.Step(inputs, labels), calls: 20));
    }

    internal static WhiteningNorm Norm(string kind, int size, BatchNormConvention? convention = null) =>
        kind == "iterative"
            ? new IterNorm(4, size, convention ?? BatchNormConvention.Default)
            : new DecorrelatedBatchNorm(size, convention ?? BatchNormConvention.Default);

    private static float[] Forward(Graph graph, float[] inputs, PlanMode mode)
    {
        using Model model = Model.Create(graph, 1);
        return Forward(model, inputs, mode);
    }

    private static float[] Forward(Model model, float[] inputs, PlanMode mode)
    {
        using var device = Device.Cpu(2);
        int batch = inputs.Length / model.Graph.Input.Shape.Count;
        using var executor = new Executor(model, new PlanOptions(mode, batch), device);
        executor.Forward(inputs);
        return executor.Output.ToArray();
    }

    // The biased one.
    internal static double[] Covariance(float[] rows, int channels)
    {
        int count = rows.Length / channels;
        double[] mean =
        [
            .. Enumerable
                .Range(0, channels)
                .Select(c => Enumerable.Range(0, count).Average(r => (double)rows[(r * channels) + c])),
        ];
        return
        [
            .. from a in Enumerable.Range(0, channels)
            from b in Enumerable.Range(0, channels)
            select Enumerable
                .Range(0, count)
                .Average(r => (rows[(r * channels) + a] - mean[a]) * (rows[(r * channels) + b] - mean[b])),
        ];
    }
}
