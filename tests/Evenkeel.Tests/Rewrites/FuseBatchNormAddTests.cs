using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Operations;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

public sealed class FuseBatchNormAddTests
{
    private static readonly FuseBatchNormAdd Rule = new();
    private static readonly PlanOptions Options = new(PlanMode.Training, 8);

    [Theory]
    [InlineData("n", "side")]
    [InlineData("side", "n")]
    public void Whichever_value_is_normalised_takes_the_other(string first, string second)
    {
        Node norm = RuleCases.Apply(Rule, Block(RuleCases.Norm, [first, second])).Graph["n"];
        Assert.True(((BatchNormOperation)norm.Layer).AddsResidual);
        Assert.Equal(["main", "side"], norm.Inputs);
    }

    [Fact]
    public void The_rectifier_goes_the_same_way()
    {
        Graph fused = RewriteRunner.Run(Block(RuleCases.Norm), [Rule, new FuseActivation()], Options).Graph;
        Assert.Equal(["input", "main", "side", "n", "out"], fused.Nodes.Select(n => n.Name));
        Assert.Equal(new Relu(), ((BatchNormOperation)fused["n"].Layer).Fused);
    }

    [Fact]
    public void Frozen_statistics_and_values_read_elsewhere_stay()
    {
        RuleCases.Declines(Rule, Block(RuleCases.Frozen), "batch's statistics", Options);
        RuleCases.Declines(Rule, Block(RuleCases.Norm, ["n", "n"]), "for this sum alone", Options);
    }

    [Theory]
    [InlineData("n")]
    [InlineData("sum")]
    public void An_observed_value_stays(string observed) =>
        RuleCases.Declines(Rule, Block(RuleCases.Norm), "observed", Options with { Observed = [observed] });

    [Fact]
    public void Inference_folds_instead() =>
        Assert.Empty(RuleCases.Apply(Rule, Block(RuleCases.Norm), new PlanOptions(PlanMode.Inference, 8)).Log);

    [Theory]
    [InlineData("(none)")]
    [InlineData("fuse-activation")]
    [InlineData("fuse-batchnorm-add")]
    public void Gradients_agree_with_finite_differences(string without)
    {
        foreach (bool perActivation in (bool[])[false, true])
        {
            BatchNorm norm = RuleCases.Norm with { PerActivation = perActivation };
            GradientCheck.Run(Block(norm), batch: 7, disabledRules: [without]);
        }
    }

    [Fact]
    public void A_single_value_per_channel_gives_what_it_gives_without_the_rule()
    {
        BatchNormConvention convention = RuleCases.Norm.Convention with
        {
            SingleValue = SingleValuePolicy.UseRunningStatistics,
        };
        using Model model = Samples.Model(Block(RuleCases.Norm with { Convention = convention }));
        float[] inputs = Samples.Floats(5, 3);
        int[] labels = [1];
        var expected = RuleCases.Train(model, inputs, labels, Rule.Name);
        var actual = RuleCases.Train(model, inputs, labels);
        Assert.Equal(expected.Output, actual.Output);
        Assert.Equal(expected.Gradients, actual.Gradients);
    }

    private static Graph Block(BatchNorm norm, string[]? added = null) =>
        HandBuilt.Graph(
            [5],
            [
                ("main", new Linear(4, Bias: false), ["input"]),
                ("n", norm, ["main"]),
                ("side", new Linear(4), ["input"]),
                ("sum", new Add(), added ?? ["n", "side"]),
                ("a", new Relu(), ["sum"]),
                ("out", new Linear(3), ["a"]),
            ]
        );
}
