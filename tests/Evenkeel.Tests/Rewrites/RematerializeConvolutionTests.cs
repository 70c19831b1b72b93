using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Planning;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

/// <summary>Convolutions that are computed twice, so that their outputs need not be kept.</summary>
public sealed class RematerializeConvolutionTests
{
    private static readonly RematerializeConvolution Rule = new();
    private static readonly Conv2d Plain = new(4, Window.Square(3, padding: 1), Bias: false);

    [Fact]
    public void Nothing_is_computed_again_unless_asked_for()
    {
        Assert.Empty(Log(Plan(CifarResNet.Create(20), 0)));
        Assert.Empty(RuleCases.Apply(Rule, Block(Plain), new PlanOptions(PlanMode.Inference, 4) { Recompute = 1 }).Log);
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void A_share_outside_its_range_is_refused(double share)
    {
        var error = Assert.Throws<GraphException>(() => Plan(CifarResNet.Create(20), share));
        Assert.Contains("a share of 0 to 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(new TrainingOptions { Recompute = share }.Validate);
    }

    [Fact]
    public void The_output_is_made_twice_and_not_kept_between_the_passes()
    {
        ExecutionPlan plan = Plan(Block(Plain), 1),
            kept = Plan(Block(Plain), 0);
        BufferId output = plan.ValueOf("conv")!.Value;
        Assert.True(plan.Live[output.Index].Last < plan.ForwardSteps);
        Assert.True(kept.Live[output.Index].Last >= kept.ForwardSteps);
        Assert.Single(plan.Steps.Skip(plan.ForwardSteps), s => s is ConvolutionForward { Layer: "conv" });
        Assert.DoesNotContain(kept.Steps.Skip(kept.ForwardSteps), s => s is ConvolutionForward);
    }

    // The sums of gradients are gathered where they were, too. What is pooled is made again only of what is kept.
    [Fact]
    public void Nothing_else_of_the_steps_changes()
    {
        foreach (Graph graph in (Graph[])[CifarResNet.Create(20), BnInception.Create()])
        {
            ExecutionPlan plan = Plan(graph, 1);
            IEnumerable<(string, string)> again = Log(plan)
                .Where(r => r.Applied)
                .Select(r => (r.Node, nameof(ConvolutionForward)));
            Assert.Equal(Names(Plan(graph, 0)).Concat(again).Order(), Names(plan).Order());
        }

        static IEnumerable<(string, string)> Names(ExecutionPlan plan) =>
            plan.Steps.Where(s => s is not MaxPoolForward).Select(s => (s.Layer, s.Kernel));
    }

    [Fact]
    public void Convolutions_that_save_most_for_their_work_come_first()
    {
        ExecutionPlan plan = Plan(BnInception.Create(), 0.1);
        string[] chosen = [.. Log(plan).Where(r => r.Applied).Select(r => r.Node)];
        Assert.Contains("conv1.conv", chosen);
        Assert.InRange(Again(plan) / Forward(plan), 0.05, 0.1);
        Assert.InRange(plan.ActivationBytes / (double)Plan(BnInception.Create(), 0).ActivationBytes, 0.75, 0.8);
    }

    // Of two in a row only one: else all of a chain would lie in memory at the same time again.
    [Fact]
    public void What_one_is_computed_from_is_kept()
    {
        Graph graph = Chain(
            ("a", Plain),
            ("n", RuleCases.Norm),
            ("b", Plain),
            ("m", RuleCases.Norm),
            ("c", Plain),
            ("l", RuleCases.Norm),
            ("mean", new GlobalAveragePool()),
            ("head", new Linear(3))
        );
        Assert.Equal([("a", true), ("b", false), ("c", true)], Log(Plan(graph, 1)).Select(r => (r.Node, r.Applied)));
    }

    [Fact]
    public void What_is_read_after_the_run_or_has_no_input_kept_is_kept()
    {
        PlanOptions options = Options(1);
        RuleCases.Declines(Rule, Block(Plain), "after the run", options with { Observed = ["conv"] });
        RuleCases.Declines(Rule, Block(Plain with { Trainable = false }), "not trained", options);
    }

    private static double Again(ExecutionPlan plan) =>
        plan.Steps.Skip(plan.ForwardSteps).OfType<ConvolutionForward>().Sum(s => s.Operations(1));

    private static double Forward(ExecutionPlan plan) =>
        plan.Steps.Take(plan.ForwardSteps).Where(s => s is ConvolutionStep).Sum(s => s.Operations(1));

    private static IEnumerable<RewriteLogEntry> Log(ExecutionPlan plan) =>
        plan.Rewrites.Where(r => r.Rule == Rule.Name);

    private static Graph Block(Conv2d convolution) =>
        Chain(
            ("conv", convolution),
            ("n", RuleCases.Norm),
            ("next", Plain),
            ("mean", new GlobalAveragePool()),
            ("head", new Linear(3))
        );

    private static Graph Chain(params (string Name, Layer Layer)[] layers) =>
        HandBuilt.Graph(
            [6, 6, 2],
            [.. layers.Select((l, i) => (l.Name, l.Layer, (string[])[i == 0 ? "input" : layers[i - 1].Name]))]
        );

    private static ExecutionPlan Plan(Graph graph, double share) => ExecutionPlan.Build(graph, Options(share));

    private static PlanOptions Options(double share) =>
        new(PlanMode.Training, 4) { Loss = new SoftmaxCrossEntropy(), Recompute = share };
}
