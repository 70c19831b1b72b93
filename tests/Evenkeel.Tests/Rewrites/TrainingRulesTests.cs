using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

/// <summary>Rules that save passes and memory between convolutions and batch normalisation while a network trains.</summary>
public sealed class TrainingRulesTests
{
    private static readonly GatherStatisticsInConvolution Gather = new();
    private static readonly RematerializeBatchNorm Rematerialize = new();
    private static readonly PlanOptions Training = new(PlanMode.Training, 4);
    private static readonly Conv2d Plain = new(4, Window.Square(3), Bias: false);

    [Fact]
    public void A_convolution_gathers_the_statistics_of_what_it_makes()
    {
        Graph graph = RuleCases.Apply(Gather, Block(Plain, RuleCases.Norm), Training).Graph;
        Assert.Equal("n", ((ConvolutionOperation)graph["conv"].Layer).StatisticsFor);
        Assert.True(((BatchNormOperation)graph["n"].Layer).StatisticsGiven);
    }

    [Fact]
    public void Statistics_are_gathered_only_where_a_convolution_has_them()
    {
        RuleCases.Declines(Gather, Block(Plain with { Bias = true }, RuleCases.Norm), "bias", Training);
        RuleCases.Declines(Gather, Block(Plain with { Groups = 2 }, RuleCases.Norm), "grouped", Training);
        RuleCases.Declines(
            Gather,
            Block(Plain, RuleCases.Norm with { PerActivation = true }),
            "separate statistics",
            Training
        );
        RuleCases.IsNotConcerned(Gather, Block(Plain, RuleCases.Frozen));
        Assert.Empty(RuleCases.Apply(Gather, Block(Plain, RuleCases.Norm), new PlanOptions(PlanMode.Inference, 4)).Log);
    }

    [Fact]
    public void One_convolution_gathers_for_one_reader()
    {
        Graph graph = HandBuilt.Graph(
            [6, 6, 2],
            [
                ("conv", Plain, ["input"]),
                ("a", RuleCases.Norm, ["conv"]),
                ("b", RuleCases.Norm, ["conv"]),
                ("sum", new Add(), ["a", "b"]),
            ]
        );
        Assert.Equal(
            [("a", true), ("b", false)],
            RuleCases.Apply(Gather, graph, Training).Log.Select(e => (e.Node, e.Applied))
        );
    }

    [Fact]
    public void A_normalised_value_that_only_convolutions_read_is_computed_again()
    {
        Graph graph = RuleCases.Apply(Rematerialize, Block(Plain, RuleCases.Norm), Training).Graph;
        Assert.True(((BatchNormOperation)graph["n"].Layer).Recomputes);
    }

    [Fact]
    public void A_normalised_value_that_something_else_needs_is_kept()
    {
        Graph block = Block(Plain, RuleCases.Norm);
        RuleCases.Declines(Rematerialize, block, "after the run", Training with { Observed = ["n"] });
        RuleCases.IsNotConcerned(Rematerialize, Block(Plain, RuleCases.Frozen));
        RuleCases.IsNotConcerned(Rematerialize, RuleCases.Chain(("n", RuleCases.Norm), ("l", new Linear(3))));
        Graph fused = RewriteRunner
            .Run(Block(Plain, RuleCases.Norm, new Tanh()), [new FuseActivation()], Training)
            .Graph;
        RuleCases.Declines(Rematerialize, fused, "needs the output", Training);
    }

    [Theory]
    [InlineData("(none)")]
    [InlineData("gather-statistics-in-convolution")]
    [InlineData("rematerialize-batchnorm")]
    public void Gradients_agree_with_finite_differences(string without) =>
        GradientCheck.Run(Block(Plain, RuleCases.Norm, new LeakyRelu()), batch: 3, disabledRules: [without], seed: 2);

    private static Graph Block(Conv2d convolution, BatchNorm norm, Activation? activation = null)
    {
        (string, Layer, string[])[] rectified = activation is null ? [] : [("a", activation, ["n"])];
        return HandBuilt.Graph(
            [6, 6, 2],
            [
                ("conv", convolution, ["input"]),
                ("n", norm, ["conv"]),
                .. rectified,
                ("next", Plain, [activation is null ? "n" : "a"]),
                ("mean", new GlobalAveragePool(), ["next"]),
            ]
        );
    }
}
