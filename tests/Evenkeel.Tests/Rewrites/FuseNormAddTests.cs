using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Operations;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

public sealed class FuseNormAddTests
{
    private static readonly FuseNormAdd Rule = new();
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

    [Theory]
    [InlineData(PlanMode.Training)]
    [InlineData(PlanMode.Inference)]
    public void Normalisation_within_examples_takes_the_other_in_every_mode(PlanMode mode)
    {
        var options = new PlanOptions(mode, 8);
        Graph fused = RewriteRunner.Run(Block(new GroupNorm(2)), [Rule, new FuseActivation()], options).Graph;
        var norm = (ExampleNormOperation)fused["n"].Layer;
        Assert.True(norm.AddsResidual);
        Assert.Equal(new Relu(), norm.Fused);
        Assert.Equal(["main", "side"], fused["n"].Inputs);
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
        RuleCases.Declines(Rule, Block(RuleCases.Frozen), "batch's or an example's", Options);
        RuleCases.Declines(Rule, Block(RuleCases.Norm, ["n", "n"]), "for this sum alone", Options);
    }

    [Theory]
    [InlineData("n")]
    [InlineData("sum")]
    public void An_observed_value_stays(string observed) =>
        RuleCases.Declines(Rule, Block(RuleCases.Norm), "observed", Options with { Observed = [observed] });

    [Fact]
    public void Inference_folds_running_statistics_instead() =>
        RuleCases.Declines(
            Rule,
            Block(RuleCases.Norm),
            "batch's or an example's statistics",
            new PlanOptions(PlanMode.Inference, 8)
        );

    [Theory]
    [InlineData("(none)")]
    [InlineData("fuse-activation")]
    [InlineData("fuse-norm-add")]
    public void Gradients_agree_with_finite_differences(string without)
    {
        foreach (bool perActivation in (bool[])[false, true])
        {
            BatchNorm norm = RuleCases.Norm with { PerActivation = perActivation };
            GradientCheck.Run(Block(norm), batch: 7, disabledRules: [without]);
        }

        // Of two values that lie together the curve is too steep for differences with the usual epsilon.
        var pairs = new GroupNorm(2) { Epsilon = 0.1f };
        foreach (Layer norm in (Layer[])[pairs, new LayerNorm(), new GroupNorm(1) { Trainable = false }])
            GradientCheck.Run(Block(norm), batch: 7, disabledRules: [without]);
    }

    [Fact]
    public void Within_examples_output_and_gradients_stay_the_same()
    {
        using Model model = Samples.Model(Block(new GroupNorm(2)));
        RuleCases.AssertAgrees(model, Rule.Name);
    }

    // The main branch has nothing to learn: no gradient but that of the shortcut is asked for.
    [Theory]
    [InlineData("(none)")]
    [InlineData("fuse-norm-add")]
    public void A_shortcut_alone_gets_its_gradient(string without)
    {
        foreach (
            Layer norm in (Layer[])[RuleCases.Norm with { TrainAffine = false }, new LayerNorm { Trainable = false }]
        )
        {
            Graph graph = HandBuilt.Graph(
                [5],
                [
                    ("n", norm, ["input"]),
                    ("side", new Linear(5), ["input"]),
                    ("sum", new Add(), ["n", "side"]),
                    ("a", new Relu(), ["sum"]),
                    ("out", new Linear(3), ["a"]),
                ]
            );
            GradientCheck.Run(graph, batch: 7, disabledRules: [without]);
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

    private static Graph Block(Layer norm, string[]? added = null) =>
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
