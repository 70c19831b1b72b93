using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Rewrites;

namespace Evenkeel.Tests.Rewrites;

/// <summary>Convolutions that take the sums of batch normalisation's gradient; what they compute is held by the tests of random networks.</summary>
public sealed class GatheredSumsTests
{
    [Fact]
    public void A_convolution_sums_the_gradient_that_it_makes()
    {
        ExecutionPlan plan = Plan(n => n.Relu().Conv2d(5, 3, padding: 1, name: "conv2"));
        AssertGathered(plan, "gathered while conv2 makes the gradient");
        Assert.Single(plan.Steps.OfType<ConvolutionGradientSums>());
    }

    [Fact]
    public void The_gradient_of_a_shortcut_is_written_over_that_of_the_sum()
    {
        ExecutionPlan plan = Plan(
            n => n.Conv2d(4, 3, padding: 1, name: "conv3"),
            n =>
                n.Residual(
                        "block",
                        main => main.Conv2d(4, 3, padding: 1, bias: false, name: "conv2").BatchNorm(name: "bn")
                    )
                    .Relu()
        );
        AssertGathered(plan, "gathered while conv3 makes the gradient");
        ConvolutionResidualSums sums = Assert.Single(plan.Steps.OfType<ConvolutionResidualSums>());
        Assert.DoesNotContain(plan.Buffers, b => b.Name.Contains("dresidual", StringComparison.Ordinal));
        Assert.Equal(sums.Norm.DY, plan.Steps.OfType<ConvolutionGradientToInput>().Last().DX.Buffer);
    }

    [Fact]
    public void What_is_declined_says_why()
    {
        AssertDeclined("no convolution writes the gradient last", n => n.MaxPool(2, 2));
        AssertDeclined("a depthwise convolution makes the gradient", n => n.Conv2d(4, 3, groups: 4));
        AssertDeclined("the kernel of conv2 leaves positions out", n => n.Conv2d(4, 1, stride: 2, name: "conv2"));
        AssertDeclined(
            "the gradient is a part of that of a concatenation",
            n => n.Conv2d(4, 1),
            n => n.Concat("both", a => a.BatchNorm(name: "bn").Relu(), b => b.Conv2d(3, 1))
        );
    }

    [Fact]
    public void It_can_be_switched_off()
    {
        ExecutionPlan plan = Plan(n => n.Conv2d(5, 3), disabled: GatheredSums.Rule);
        Assert.DoesNotContain(plan.Rewrites, r => r.Rule == GatheredSums.Rule);
        Assert.Single(plan.Steps.OfType<BatchGradientSums>());
    }

    private static void AssertGathered(ExecutionPlan plan, string reason)
    {
        RewriteLogEntry entry = Assert.Single(plan.Rewrites, r => r.Rule == GatheredSums.Rule);
        Assert.Equal(("bn", true, reason), (entry.Node, entry.Applied, entry.Reason));
        Assert.Empty(plan.Steps.OfType<BatchGradientSums>());
        Assert.Empty(plan.Steps.OfType<ResidualGradientSums>());
    }

    private static void AssertDeclined(string reason, Action<Network> behind, Action<Network>? norm = null)
    {
        RewriteLogEntry entry = Assert.Single(Plan(behind, norm).Rewrites, r => r.Rule == GatheredSums.Rule);
        Assert.Equal(("bn", false, reason), (entry.Node, entry.Applied, entry.Reason));
    }

    private static ExecutionPlan Plan(Action<Network> behind, Action<Network>? norm = null, params string[] disabled)
    {
        Network network = Network.Input(8, 8, 2).Conv2d(4, 3, padding: 1, name: "conv1");
        (norm ?? (n => n.BatchNorm(name: "bn")))(network);
        behind(network);
        return ExecutionPlan.Build(
            network.Flatten().Linear(3).Build(),
            new PlanOptions(PlanMode.Training, 2) { Loss = new SoftmaxCrossEntropy(), DisabledRules = [.. disabled] }
        );
    }
}
