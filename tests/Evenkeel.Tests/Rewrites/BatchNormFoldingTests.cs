using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Planning;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

public sealed class BatchNormFoldingTests
{
    public static TheoryData<string> Foldable =>
        [
            "linear",
            "convolution",
            "grouped",
            "depthwise",
            "first-linear",
            "first-unpadded",
            "first-grouped",
            "flat-first",
            "transposed",
            "transposed-grouped",
        ];

    [Theory]
    [MemberData(nameof(Foldable))]
    public void What_can_be_folded_is_and_gives_the_same(string kind)
    {
        using Model model = Samples.Model(Build(kind));
        string before = model.ParameterChecksum();
        using FoldedModel folded = model.FoldBatchNorm();
        Assert.All(folded.Decisions, d => Assert.True(d.Folds, d.Reason));
        Assert.DoesNotContain(folded.Model.Graph.Nodes, n => n.Layer is BatchNorm or ChannelAffine);
        Assert.Equal(before, model.ParameterChecksum());
        float[] inputs = Samples.Floats(5 * model.Graph.Input.Shape.Count, 9);
        double[] expected = Run(model, inputs),
            actual = Run(folded.Model, inputs);
        // Products and sums of some hundred float32 numbers of order 1, in another order.
        Close.Absolute(expected, actual, 2e-5 * Math.Max(1, expected.Max(Math.Abs)), kind);
    }

    [Theory]
    [InlineData("shared", "also read by 'other'")]
    [InlineData("first-padded", "'c' behind it pads with zeros")]
    [InlineData("between", "'a' before it is not linear; 'b' behind it is not linear")]
    [InlineData("per-activation", "each position on its own")]
    [InlineData("first-transposed", "'c' behind it reads fewer places")]
    [InlineData("output", "is the network's output")]
    public void What_would_be_wrong_stays_with_its_reason(string kind, string reason)
    {
        using Model model = Samples.Model(Build(kind));
        using FoldedModel folded = model.FoldBatchNorm();
        FoldDecision decision = Assert.Single(folded.Decisions);
        Assert.False(decision.Folds);
        Assert.Contains(reason, decision.Reason, StringComparison.Ordinal);
        float[] inputs = Samples.Floats(3 * model.Graph.Input.Shape.Count, 9);
        Assert.Equal(Run(model, inputs), Run(folded.Model, inputs));
    }

    [Fact]
    public void A_variance_near_zero_is_folded_only_if_allowed_or_if_its_filter_is_silent()
    {
        using Model model = Samples.Model(Build("convolution"));
        model.Floats("n.running_var")[2] = 1e-9f;
        FoldDecision decision = Assert.Single(model.PlanFolding());
        Assert.Contains("channel 2 has variance 1E-09", decision.Reason, StringComparison.Ordinal);
        Assert.True(Assert.Single(model.PlanFolding(new FoldOptions { AllowNearZeroVariance = true })).Folds);
        Span<float> weight = model.Floats("c.weight");
        for (int i = 2; i < weight.Length; i += 6)
            weight[i] = 0;
        Assert.True(Assert.Single(model.PlanFolding()).Folds);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(-1f)]
    public void Poisoned_statistics_are_not_folded(float variance)
    {
        using Model model = Samples.Model(Build("linear"));
        model.Floats("n.running_var")[1] = variance;
        FoldDecision decision = Assert.Single(model.PlanFolding(new FoldOptions { AllowNearZeroVariance = true }));
        Assert.Contains("channel 1", decision.Reason, StringComparison.Ordinal);
        Assert.Contains("recalibrate", decision.Reason, StringComparison.Ordinal);
    }

    private static Graph Build(string kind)
    {
        Network image = Network.Input(7, 6, 4);
        return kind switch
        {
            "linear" => Network.Input(9).Linear(7, name: "c").BatchNorm(name: "n").Relu().Linear(3).Build(),
            "convolution" => image
                .Conv2d(6, 3, 1, 1, name: "c")
                .BatchNorm(name: "n")
                .Relu()
                .Flatten()
                .Linear(3)
                .Build(),
            "grouped" => image.Conv2d(6, 3, 2, 1, groups: 2, name: "c").BatchNorm(name: "n").Sigmoid().Build(),
            "depthwise" => image.Conv2d(8, 3, 1, 0, groups: 4, name: "c").BatchNorm(name: "n").Relu().Build(),
            "first-linear" => Network.Input(9).Relu().BatchNorm(name: "n").Linear(3).Build(),
            "first-unpadded" => image.Relu().BatchNorm(name: "n").Conv2d(5, 3, 2, 0, name: "c").Relu().Build(),
            "first-grouped" => image
                .Relu()
                .BatchNorm(name: "n")
                .Conv2d(6, 2, 1, 0, groups: 2, name: "c")
                .Relu()
                .Build(),
            "flat-first" => image.BatchNorm(name: "n").Linear(3).Build(),
            "first-padded" => image.Relu().BatchNorm(name: "n").Conv2d(5, 3, 1, 1, name: "c").Relu().Build(),
            "transposed" => Transposed(image, 1).BatchNorm(name: "n").Relu().Build(),
            "transposed-grouped" => Transposed(image, 2).BatchNorm(name: "n").Relu().Build(),
            "first-transposed" => Transposed(image.Relu().BatchNorm(name: "n"), 1).Relu().Build(),
            "between" => image.Relu(name: "a").BatchNorm(name: "n").Sigmoid(name: "b").Build(),
            "per-activation" => image
                .Conv2d(3, 3, 1, 1)
                .Add(new BatchNorm(BatchNormConvention.Default) { PerActivation = true }, "n")
                .Relu()
                .Build(),
            "output" => image.Relu(name: "a").BatchNorm(name: "n").Build(),
            _ => image
                .Conv2d(4, 3, 1, 1, name: "c")
                .Residual("sum", n => n.BatchNorm(name: "n").Relu(), n => n.Relu(name: "other"))
                .Build(),
        };
    }

    private static Network Transposed(Network before, int groups) =>
        before.Add(new ConvTranspose2d(6, new Window(3, 2) { StrideY = 2, PadTop = 1 }) { Groups = groups }, "c");

    private static double[] Run(Model model, float[] inputs)
    {
        using var pool = new WorkerPool(1);
        var options = new PlanOptions(PlanMode.Inference, 8);
        using var executor = new Executor(ExecutionPlan.Build(model.Graph, options), model, pool);
        executor.Forward(inputs);
        return Array.ConvertAll(executor.Output.ToArray(), v => (double)v);
    }
}
