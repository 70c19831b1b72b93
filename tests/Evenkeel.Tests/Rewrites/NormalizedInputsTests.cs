using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Rewrites;

namespace Evenkeel.Tests.Rewrites;

/// <summary>Convolutions and max pooling that normalise their input on the way in; what they compute is held by the tests of random networks.</summary>
public sealed class NormalizedInputsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_normalised_value_is_never_written(int kernel)
    {
        ExecutionPlan plan = Plan(n => n.Conv2d(5, kernel, padding: kernel / 2, bias: false, name: "conv2"));
        Assert.DoesNotContain(plan.Steps, s => s is NormalizeForward { Layer: "bn1" });
        Assert.DoesNotContain(
            plan.Steps.SelectMany(s => s.Reads.Concat(s.Writes)),
            b => plan[b].Name is "relu1" or "relu1 (again)"
        );
        ConvolutionInputStep[] readers = [.. plan.Steps.OfType<ConvolutionInputStep>().Where(s => s.Norm is not null)];
        Assert.Equal(["conv2", "conv2"], readers.Select(s => s.Layer));
        Assert.All(readers, s => Assert.Equal("conv1", plan[s.Reads[0]].Name));
        _ = Assert.Single(readers, s => s is ConvolutionGradientToWeights);
        Assert.Equal(
            ["normalised while conv2 reads it", "normalised again while conv2 reads it"],
            Log(plan).Select(r => r.Reason)
        );
    }

    [Fact]
    public void Plans_that_only_go_forward_normalise_on_the_way_in_too()
    {
        ExecutionPlan plan = Plan(n => n.Conv2d(5, 3, bias: false, name: "conv2"), PlanMode.BatchStatistics);
        Assert.Equal("conv2", plan.Steps.OfType<ConvolutionInputStep>().Single(s => s.Norm is not null).Layer);
    }

    [Fact]
    public void What_must_lie_in_memory_says_why()
    {
        AssertDeclined("conv2 has strides", n => n.Conv2d(5, 3, stride: 2, bias: false, name: "conv2"));
        AssertDeclined(
            "conv2 would normalise each value for many taps",
            n => n.Conv2d(5, 5, padding: 2, bias: false, name: "conv2")
        );
        AssertDeclined("conv2 is grouped", n => n.Conv2d(6, 3, bias: false, groups: 2, name: "conv2"));
        AssertDeclined("conv2 has a bias", n => n.Conv2d(5, 3, name: "conv2"));
        AssertDeclined(
            "pool reads the value as it lies",
            n =>
                n.Concat(
                    "both",
                    b => b.Conv2d(5, 1, bias: false, name: "conv2"),
                    b => b.AveragePool(1, 1, name: "pool")
                )
        );
    }

    [Fact]
    public void A_value_that_is_observed_is_made()
    {
        ExecutionPlan plan = Plan(n => n.Conv2d(5, 3, bias: false, name: "conv2"), activation: false, observed: "bn1");
        Assert.Contains(Log(plan), r => r is { Applied: false, Reason: "the value is read after the run" });
    }

    [Fact]
    public void A_shortcut_is_added_in_a_pass()
    {
        ExecutionPlan plan = Plan(n =>
            n.Residual("block", b => b.Conv2d(6, 3, padding: 1, bias: false, name: "conv2").BatchNorm(name: "bn2"))
                .Conv2d(5, 1, bias: false)
        );
        Assert.Contains(Log(plan), r => r is { Node: "bn1", Reason: "block reads the value as it lies" });
        plan = Plan(n =>
            n.Residual("block", b => b.Conv2d(6, 3, padding: 1, bias: false, name: "conv2").BatchNorm(name: "bn2"))
                .Relu()
                .Conv2d(5, 1, bias: false)
        );
        Assert.Contains(Log(plan), r => r is { Node: "bn2", Reason: "a shortcut is added in the same pass" });
    }

    [Fact]
    public void Max_pooling_normalises_on_the_way_in()
    {
        ExecutionPlan plan = Plan(n => n.MaxPool(3, 2, name: "pool"));
        Assert.DoesNotContain(plan.Steps, s => s is NormalizeForward);
        Assert.Equal("bn1", Assert.Single(plan.Steps.OfType<MaxPoolForward>()).Norm?.Layer);
        AssertDeclined(
            "pool would compute softplus for each window",
            n => n.Add(new Softplus()).MaxPool(3, 2, name: "pool"),
            activation: false
        );
    }

    [Fact]
    public void It_can_be_switched_off()
    {
        ExecutionPlan plan = Plan(n => n.Conv2d(5, 3, bias: false, name: "conv2"), disabled: NormalizedInputs.Rule);
        Assert.Empty(Log(plan));
        Assert.All(plan.Steps.OfType<ConvolutionInputStep>(), s => Assert.Null(s.Norm));
        Assert.Equal(2, plan.Steps.Count(s => s is NormalizeForward { Layer: "bn1" }));
    }

    private static void AssertDeclined(string reason, Action<Network> next, bool activation = true)
    {
        ExecutionPlan plan = Plan(next, activation: activation);
        Assert.Contains(Log(plan), r => r is { Node: "bn1", Applied: false } && r.Reason == reason);
        Assert.Contains(plan.Steps, s => s is NormalizeForward { Layer: "bn1" });
    }

    private static IEnumerable<RewriteLogEntry> Log(ExecutionPlan plan) =>
        plan.Rewrites.Where(r => r.Rule == NormalizedInputs.Rule);

    private static ExecutionPlan Plan(
        Action<Network> next,
        PlanMode mode = PlanMode.Training,
        bool activation = true,
        string? observed = null,
        string? disabled = null
    )
    {
        Network network = Network.Input(7, 7, 3).Conv2d(6, 3, bias: false, name: "conv1").BatchNorm(name: "bn1");
        next(activation ? network.Relu(name: "relu1") : network);
        return ExecutionPlan.Build(
            network.GlobalAveragePool().Linear(3).Build(),
            new PlanOptions(mode, 4)
            {
                Loss = mode == PlanMode.Training ? new SoftmaxCrossEntropy() : null,
                Observed = observed is null ? [] : [observed],
                DisabledRules = disabled is null ? [] : [disabled],
            }
        );
    }
}
