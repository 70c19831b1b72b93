using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;
using Evenkeel.Planning;
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

    [Fact]
    public void A_concatenation_of_normalised_values_is_computed_again()
    {
        Graph graph = Joined(("b", RuleCases.Norm, ["conv"]));
        Graph rewritten = RuleCases.Apply(Rematerialize, graph, Training).Graph;
        Assert.All(["a", "b"], n => Assert.True(((BatchNormOperation)rewritten[n].Layer).Recomputes));
        ExecutionPlan plan = RematerializedPlan(graph),
            kept = RematerializedPlan(graph, Rematerialize.Name);
        BufferId joined = plan.ValueOf("joined")!.Value;
        Assert.True(plan.Live[joined.Index].Last < plan.ForwardSteps);
        Assert.True(kept.Live[joined.Index].Last >= kept.ForwardSteps);
        Assert.Equal(2, plan.Steps.Skip(plan.ForwardSteps).Count(s => s is NormalizeForward));
        using Model model = Samples.Model(graph);
        RuleCases.AssertAgrees(model, Rematerialize.Name);
        GradientCheck.Run(graph, batch: 3);
    }

    [Fact]
    public void A_concatenation_that_holds_other_values_is_kept()
    {
        RuleCases.Declines(
            Rematerialize,
            Joined(("b", new MaxPool2d(Window.Square(1)), ["conv"])),
            "b in the",
            Training
        );
        RuleCases.Declines(Rematerialize, Joined(("b", RuleCases.Frozen, ["conv"])), "b in the", Training);
        Graph graph = Joined(("b", RuleCases.Norm, ["conv"]));
        Assert.All(
            RuleCases.Apply(Rematerialize, graph, Training with { Observed = ["joined"] }).Log,
            entry => Assert.Contains("after the run", entry.Reason)
        );
    }

    [Theory]
    [InlineData("(none)")]
    [InlineData("gather-statistics-in-convolution")]
    [InlineData("rematerialize-batchnorm")]
    public void Gradients_agree_with_finite_differences(string without) =>
        GradientCheck.Run(Block(Plain, RuleCases.Norm, new LeakyRelu()), batch: 3, disabledRules: [without], seed: 2);

    private static ExecutionPlan RematerializedPlan(Graph graph, params string[] disabled) =>
        ExecutionPlan.Build(graph, Training with { Loss = new SoftmaxCrossEntropy(), DisabledRules = [.. disabled] });

    // A normalisation and something else side by side, and a convolution and pooling that read both.
    private static Graph Joined((string, Layer, string[]) other) =>
        HandBuilt.Graph(
            [6, 6, 2],
            [
                ("conv", Plain, ["input"]),
                ("a", RuleCases.Norm, ["conv"]),
                other,
                ("joined", new Concat(2), ["a", other.Item1]),
                ("next", Plain, ["joined"]),
                ("pool", new MaxPool2d(Window.Square(3)), ["joined"]),
                ("both", new Concat(2), ["next", "pool"]),
                ("mean", new GlobalAveragePool(), ["both"]),
                ("head", new Linear(3), ["mean"]),
            ]
        );

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
