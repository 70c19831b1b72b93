using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Planning;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

/// <summary>Values that are pooled twice, so that neither they nor their winners need be kept.</summary>
public sealed class RematerializeMaxPoolTests
{
    private static readonly RematerializeMaxPool Rule = new();
    private static readonly PlanOptions Training = new(PlanMode.Training, 4) { Loss = new SoftmaxCrossEntropy() };

    [Fact]
    public void Neither_the_output_nor_the_winners_are_kept_between_the_passes()
    {
        ExecutionPlan plan = Plan(Stem()),
            kept = Plan(Stem(), Rule.Name);
        MaxPoolForward[] steps = [.. plan.Steps.OfType<MaxPoolForward>()];
        Assert.Equal(2, steps.Length);
        Assert.True(plan.Live[steps[0].Y.Index].Last < plan.ForwardSteps);
        Assert.True(plan.Live[steps[0].Winner!.Value.Index].Last < plan.ForwardSteps);
        Assert.Equal(steps[1].Winner, Assert.Single(plan.Steps.OfType<MaxPoolBackward>()).Winner);
        BufferId pooled = Assert.Single(kept.Steps.OfType<MaxPoolForward>()).Y;
        Assert.True(kept.Live[pooled.Index].Last >= kept.ForwardSteps);
    }

    // The pooling normalises while it reads, both times.
    [Fact]
    public void The_normalised_value_is_no_buffer()
    {
        ExecutionPlan plan = Plan(Stem());
        Assert.DoesNotContain(plan.Steps, s => s is NormalizeForward { Layer: "bn" });
        Assert.All(plan.Steps.OfType<MaxPoolForward>(), s => Assert.Equal("bn", s.Norm?.Layer));
    }

    // Without normalisation on the way in, the normalised value is made again for the pooling instead of being kept for it.
    [Fact]
    public void The_normalised_value_is_made_again_where_it_is_a_buffer()
    {
        ExecutionPlan plan = Plan(Stem(), NormalizedInputs.Rule);
        NormalizeForward[] steps = [.. plan.Steps.OfType<NormalizeForward>().Where(s => s.Layer == "bn")];
        Assert.Equal(2, steps.Length);
        Assert.True(plan.Live[steps[0].Y.Index].Last < plan.ForwardSteps);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_number_is_the_same_to_the_bit(int dimensions)
    {
        Graph graph = Of(dimensions);
        Assert.Contains(Plan(graph).Rewrites, r => r.Rule == Rule.Name && r.Applied);
        using Model model = Samples.Model(graph);
        float[] inputs = Samples.Floats(5 * graph.Input.Shape.Count, 3);
        int[] labels = Samples.Labels(5, 3, 4);
        var expected = RuleCases.Train(model, inputs, labels, Rule.Name);
        var actual = RuleCases.Train(model, inputs, labels);
        Assert.Equal(expected.Loss, actual.Loss);
        Assert.All(actual.Gradients, g => Assert.Equal(expected.Gradients[g.Key], g.Value));
        GradientCheck.Run(graph, batch: 3);
    }

    [Fact]
    public void What_is_read_otherwise_is_kept()
    {
        Graph stem = Network
            .Input(9, 9, 3)
            .Conv2d(6, 3, bias: false)
            .BatchNorm()
            .MaxPool(3, 2, name: "pool")
            .Conv2d(4, 3, bias: false)
            .GlobalAveragePool()
            .Linear(3)
            .Build();
        RuleCases.Declines(Rule, stem, "after the run", Training with { Observed = ["pool"] });
        RuleCases.IsNotConcerned(Rule, Stem(n => n.Flatten()));
        RuleCases.IsNotConcerned(Rule, Network.Input(8, 8, 3).MaxPool(2, 2).Conv2d(4, 3).Flatten().Linear(3).Build());
        // The shortcut keeps the normalised value, and is added to it.
        Graph block = Network
            .Input(8, 8, 3)
            .Conv2d(6, 3, padding: 1, bias: false)
            .BatchNorm()
            .Residual("sum", b => b.MaxPool(3, 1, padding: 1).Conv2d(6, 1, bias: false))
            .Flatten()
            .Linear(3)
            .Build();
        RuleCases.IsNotConcerned(Rule, block);
    }

    // Or else all of a chain would lie in memory at the same time again.
    [Fact]
    public void What_is_not_made_of_kept_values_is_kept()
    {
        ExecutionPlan plan = ExecutionPlan.Build(Stem(), Training with { Recompute = 1 });
        RewriteLogEntry entry = Assert.Single(plan.Rewrites, r => r.Rule == Rule.Name);
        Assert.False(entry.Applied);
        Assert.Contains("is not kept", entry.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Inference_pools_once() =>
        Assert.Empty(RuleCases.Apply(Rule, Stem(), new PlanOptions(PlanMode.Inference, 4)).Log);

    [Fact]
    public void The_large_maps_of_bn_inception_are_not_kept()
    {
        long again = Plan(BnInception.Create()).ActivationBytes,
            kept = Plan(BnInception.Create(), Rule.Name).ActivationBytes;
        Assert.InRange(again / (double)kept, 0.89, 0.91);
    }

    private static ExecutionPlan Plan(Graph graph, params string[] disabled) =>
        ExecutionPlan.Build(graph, Training with { DisabledRules = [.. disabled] });

    private static Graph Stem(Func<Network, Network>? next = null)
    {
        Network pooled = Network
            .Input(9, 9, 3)
            .Conv2d(6, 3, bias: false)
            .BatchNorm(name: "bn")
            .Relu()
            .MaxPool(3, 2, name: "pool");
        return (next ?? (n => n.Conv2d(4, 3, bias: false).GlobalAveragePool()))(pooled).Linear(3).Build();
    }

    private static Graph Of(int dimensions)
    {
        var axis = new AxisWindow(3) { Stride = 2, Before = 1 };
        return dimensions switch
        {
            1 => Network
                .Input(15, 3)
                .Add(new Conv1d(6, new AxisWindow(3), Bias: false))
                .BatchNorm()
                .Relu()
                .Add(new MaxPool1d(axis))
                .Add(new Conv1d(4, new AxisWindow(3), Bias: false))
                .GlobalAveragePool()
                .Linear(3)
                .Build(),
            2 => Stem(),
            _ => Network
                .Input(7, 8, 9, 2)
                .Add(new Conv3d(5, new AxisWindow(3), Window.Square(3), Bias: false))
                .BatchNorm()
                .Relu()
                .Add(new MaxPool3d(axis, Window.Square(3, 2, 1)))
                .Add(new Conv3d(4, new AxisWindow(1), Window.Square(2), Bias: false))
                .GlobalAveragePool()
                .Linear(3)
                .Build(),
        };
    }
}
