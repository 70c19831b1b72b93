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
        Assert.Equal(
            Assert.Single(sums.Norms).Norm.DY,
            plan.Steps.OfType<ConvolutionGradientToInput>().Last().DX.Buffer
        );
    }

    [Fact]
    public void The_last_convolution_behind_a_concatenation_sums_all_its_parts()
    {
        ExecutionPlan plan = Plan(
            n => n.Concat("next", a => a.Conv2d(3, 1, name: "conv2"), b => b.Conv2d(2, 1), c => c.MaxPool(3, 1, 1)),
            n =>
                n.Concat(
                    "all",
                    a => NormOf(a, "bn", new Relu()),
                    b => b.Conv2d(3, 1),
                    c => NormOf(c, "bn2", new Relu())
                )
        );
        Assert.Equal(
            [
                ("bn2", true, "gathered while conv2 makes the gradient"),
                ("bn", true, "gathered while conv2 makes the gradient"),
            ],
            Log(plan)
        );
        ConvolutionGradientSums sums = Assert.Single(plan.Steps.OfType<ConvolutionGradientSums>());
        Assert.True(sums.Gradient.DX.Accumulates);
        Assert.Equal(["bn2", "bn"], sums.Norms.Select(n => n.Norm.Layer));
        Assert.Empty(plan.Steps.OfType<BatchGradientSums>());
    }

    [Fact]
    public void Parts_of_a_part_are_summed_where_they_lie_in_the_whole()
    {
        ExecutionPlan plan = Plan(
            n => n.Conv2d(3, 1, name: "conv2"),
            n =>
                n.Concat(
                    "outer",
                    a => a.Conv2d(3, 1),
                    b => b.Concat("inner", c => c.Conv2d(2, 1), d => NormOf(d, "bn", new Relu()))
                )
        );
        AssertGathered(plan, "gathered while conv2 makes the gradient");
        NormSums part = Assert.Single(Assert.Single(plan.Steps.OfType<ConvolutionGradientSums>()).Norms);
        Assert.Equal(5, plan[part.Norm.DY].View?.Offset);
    }

    [Fact]
    public void Parts_that_do_not_fit_are_declined()
    {
        static IEnumerable<(string, bool, string)> Logged(Action<Network> behind, params Action<Network>[] parts) =>
            Log(Plan(behind, n => n.Concat("all", parts)));

        Assert.Equal(
            [
                ("bn2", true, "gathered while conv2 makes the gradient"),
                ("bn", false, "its activation is not that of bn2, whose sums are gathered"),
            ],
            Logged(
                n => n.Conv2d(3, 1, name: "conv2"),
                a => NormOf(a, "bn", new Sigmoid()),
                b => NormOf(b, "bn2", new Relu())
            )
        );
        Assert.Equal(
            ("bn", false, "no convolution writes the gradient last"),
            Assert.Single(Logged(n => n.MaxPool(2, 2), a => NormOf(a, "bn", new Relu())))
        );
        Assert.Equal(
            ("bn0", false, "conv2 gathers the sums of 16 others already"),
            Logged(
                    n => n.Conv2d(3, 1, name: "conv2"),
                    [.. Enumerable.Range(0, 17).Select(i => (Action<Network>)(b => NormOf(b, $"bn{i}", new Relu())))]
                )
                .Last()
        );
    }

    [Fact]
    public void What_is_declined_says_why()
    {
        AssertDeclined("no convolution writes the gradient last", n => n.MaxPool(2, 2));
        AssertDeclined("a depthwise convolution makes the gradient", n => n.Conv2d(4, 3, groups: 4));
        AssertDeclined("the kernel of conv2 leaves positions out", n => n.Conv2d(4, 1, stride: 2, name: "conv2"));
    }

    [Fact]
    public void It_can_be_switched_off()
    {
        ExecutionPlan plan = Plan(n => n.Conv2d(5, 3), disabled: GatheredSums.Rule);
        Assert.DoesNotContain(plan.Rewrites, r => r.Rule == GatheredSums.Rule);
        Assert.Single(plan.Steps.OfType<BatchGradientSums>());
    }

    private static void NormOf(Network branch, string name, Activation activation) =>
        branch.Conv2d(2, 1, bias: false).BatchNorm(name: name).Add(activation);

    private static IEnumerable<(string Node, bool Applied, string Reason)> Log(ExecutionPlan plan) =>
        plan.Rewrites.Where(r => r.Rule == GatheredSums.Rule).Select(r => (r.Node, r.Applied, r.Reason));

    private static void AssertGathered(ExecutionPlan plan, string reason)
    {
        Assert.Equal(("bn", true, reason), Assert.Single(Log(plan)));
        Assert.Empty(plan.Steps.OfType<BatchGradientSums>());
        Assert.Empty(plan.Steps.OfType<ResidualGradientSums>());
    }

    private static void AssertDeclined(string reason, Action<Network> behind) =>
        Assert.Equal(("bn", false, reason), Assert.Single(Log(Plan(behind))));

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
