using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
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
            "two",
            "two-first",
            "two-over-flatten",
            "past-dropout",
            "past-flatten",
            "past-permute",
            "past-expand",
            "past-pools",
            "behind-reshape",
            "behind-permute",
            "behind-pools",
            "behind-concat",
            "past-concat",
            "two-readers",
            "per-activation-linear",
            "into-map",
        ];

    [Theory]
    [MemberData(nameof(Foldable))]
    public void What_can_be_folded_is_and_gives_the_same(string kind)
    {
        using Model model = Make(kind);
        string before = model.ParameterChecksum();
        using Model folded = model.FoldBatchNorm();
        Assert.All(model.PlanFolding(), d => Assert.True(d.Folds, d.Reason));
        Assert.DoesNotContain(folded.Graph.Nodes, n => n.Layer is BatchNorm);
        Assert.Equal(before, model.ParameterChecksum());
        float[] inputs = Samples.Floats(5 * model.Graph.Input.Shape.Count, 9);
        double[] expected = new DoubleNetwork(model) { Mode = PlanMode.Inference }.Forward(inputs),
            actual = Run(folded, inputs);
        // Products and sums of some hundred float32 numbers of order 1, in another order.
        Close.Absolute(expected, actual, 2e-5 * Math.Max(1, expected.Max(Math.Abs)), kind);
    }

    [Theory]
    [InlineData("shared", "also read by 'other'")]
    [InlineData("first-padded", "'c' behind it pads with zeros")]
    [InlineData("between", "'a' before it is not linear; 'b' behind it is not linear")]
    [InlineData("per-activation", "it has statistics for each position, but the weights of 'c' before it")]
    [InlineData("padded-mean", "'p' before it does not commute with an affine map")]
    [InlineData("reversed-order", "'p' before it does not commute with an affine map")]
    [InlineData("past-padding", "'p' behind it does not commute with an affine map")]
    [InlineData("past-to-output", "the value of 'f' behind it is the network's output")]
    [InlineData("rows", "it has statistics for each position, but the weights of 'c' before it")]
    [InlineData("first-transposed", "'c' behind it reads fewer positions")]
    [InlineData("output", "is the network's output")]
    public void What_would_be_wrong_stays_with_its_reason(string kind, string reason)
    {
        using Model model = Make(kind);
        using Model folded = model.FoldBatchNorm();
        FoldDecision decision = Assert.Single(model.PlanFolding());
        Assert.False(decision.Folds);
        Assert.Contains(reason, decision.Reason, StringComparison.Ordinal);
        float[] inputs = Samples.Floats(3 * model.Graph.Input.Shape.Count, 9);
        Assert.Equal(Run(model, inputs), Run(folded, inputs));
    }

    [Fact]
    public void A_variance_near_zero_is_folded_only_if_allowed_or_if_its_filter_is_silent()
    {
        using Model model = Samples.Model(FoldingNetworks.Build("convolution"));
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
        using Model model = Samples.Model(FoldingNetworks.Build("linear"));
        model.Floats("n.running_var")[1] = variance;
        FoldDecision decision = Assert.Single(model.PlanFolding(new FoldOptions { AllowNearZeroVariance = true }));
        Assert.Contains("channel 1", decision.Reason, StringComparison.Ordinal);
        Assert.Contains("recalibrate", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_normalisation_with_nothing_linear_near_becomes_part_of_the_one_before_it()
    {
        using Model model = Samples.Model(
            Network.Input(4).Relu().BatchNorm(name: "n").BatchNorm(name: "m").Sigmoid().Build()
        );
        using Model folded = model.FoldBatchNorm();
        Assert.Equal([false, true], model.PlanFolding().Select(d => d.Folds));
        Assert.Equal("into 'n' before it", model.PlanFolding()[1].Reason);
        float[] inputs = Samples.Floats(20, 9);
        double[] expected = new DoubleNetwork(model) { Mode = PlanMode.Inference }.Forward(inputs);
        Close.Absolute(expected, Run(folded, inputs), 1e-6, "values of a sigmoid");
    }

    // Factors of all signs turn the order of values, and one of a sample may be negative: here the sign is chosen.
    private static Model Make(string kind)
    {
        Model model = Samples.Model(FoldingNetworks.Build(kind));
        foreach (Node norm in model.Graph.Nodes.Where(n => n.Layer is BatchNorm))
        {
            foreach (ref float gamma in model.Floats($"{norm.Name}.weight"))
                gamma = Math.Abs(gamma);
        }

        if (kind == "reversed-order")
            model.Floats("n.weight")[1] *= -1;
        return model;
    }

    private static double[] Run(Model model, float[] inputs)
    {
        using var device = Device.Cpu(1);
        var options = new PlanOptions(PlanMode.Inference, 8);
        using var executor = new Executor(ExecutionPlan.Build(model.Graph, options), model, device);
        executor.Forward(inputs);
        return Array.ConvertAll(executor.Output.ToArray(), v => (double)v);
    }
}
