using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Planning;

public sealed class NarrowedValuesTests
{
    [Fact]
    public void Without_the_option_nothing_is_narrowed()
    {
        ExecutionPlan plan = ExecutionPlan.Build(CifarResNet.Create(20), Options());
        Assert.DoesNotContain(plan.Steps, s => s is NarrowValue or WidenValue);
        Assert.DoesNotContain(plan.Buffers, b => b.Type == ElementType.BFloat16);
        Assert.DoesNotContain(plan.Rewrites, r => r.Rule == NarrowedValues.Rule);
    }

    [Fact]
    public void Other_types_are_refused()
    {
        var error = Assert.Throws<GraphException>(() =>
            ExecutionPlan.Build(CifarResNet.Create(20), Options(ElementType.Float64))
        );
        Assert.Contains("Float32 or BFloat16, not as Float64", error.Message, StringComparison.Ordinal);
        var options = new TrainingOptions { KeepActivations = ElementType.UInt8 };
        Assert.Throws<ArgumentException>(options.Validate);
    }

    [Fact]
    public void Neither_is_anything_where_nothing_is_trained()
    {
        PlanOptions options = new(PlanMode.Inference, 4) { KeepActivations = ElementType.BFloat16 };
        Assert.DoesNotContain(ExecutionPlan.Build(CifarResNet.Create(20), options).Steps, s => s is NarrowValue);
    }

    // What is kept takes half; gradients, and one value or two as floats beside it, take what they took.
    [Fact]
    public void A_residual_networks_activations_take_little_more_than_half()
    {
        Graph graph = CifarResNet.Create(20);
        long before = ExecutionPlan.Build(graph, Options()).ActivationBytes,
            after = ExecutionPlan.Build(graph, Options(ElementType.BFloat16)).ActivationBytes;
        Assert.InRange(after / (double)before, 0.5, 0.6);
    }

    [Fact]
    public void What_is_read_after_the_run_and_what_is_compared_stays_as_it_is()
    {
        Graph graph = Network
            .Input(6, 6, 2)
            .Conv2d(4, 3)
            .BatchNorm()
            .Relu()
            .Conv2d(4, 3)
            .Relu()
            .Add(new ReduceMax([0, 1]))
            .Linear(3)
            .Build();
        PlanOptions options = Options(ElementType.BFloat16) with { Observed = ["conv2d1"] };
        ExecutionPlan plan = ExecutionPlan.Build(graph, options);
        Assert.Equal("the value is read after the run", Decision("conv2d1"));
        Assert.Equal("reducemax1 needs it as it is", Decision("conv2d2"));
        Assert.Contains(plan.Rewrites, r => r.Rule == NarrowedValues.Rule && !r.Applied);

        string Decision(string value) =>
            plan.Rewrites.Single(r => r.Rule == NarrowedValues.Rule && r.Node == value).Reason;
    }

    [Theory]
    [InlineData("residual")]
    [InlineData("inception")]
    [InlineData("dense")]
    [InlineData("recurrent")]
    public void A_value_that_is_narrowed_is_used_as_floats_on_one_side_each(string network)
    {
        Graph graph = network switch
        {
            "residual" => CifarResNet.Create(20),
            "recurrent" => Network.Input(9, 3).Lstm(8).Linear(4).Build(),
            "inception" => ImageNetworks.Module(1, batchNorm: true),
            _ => MnistNetwork.Create(batchNorm: true),
        };
        ExecutionPlan plan = ExecutionPlan.Build(graph, Options(ElementType.BFloat16));
        Step[] forward = [.. plan.Steps.Take(plan.ForwardSteps)],
            backward = [.. plan.Steps.Skip(plan.ForwardSteps)];
        NarrowValue[] narrowed = [.. forward.OfType<NarrowValue>()];
        Assert.NotEmpty(narrowed);
        Assert.Equal(narrowed.Length, backward.OfType<WidenValue>().Count());
        foreach (NarrowValue narrow in narrowed)
        {
            WidenValue widen = backward.OfType<WidenValue>().Single(w => w.X == narrow.Y);
            int at = plan.Steps.IndexOf(narrow),
                back = plan.Steps.IndexOf(widen);
            Assert.Equal(at, plan.Live[narrow.X.Index].Last);
            Assert.Equal(new LiveRange(at, back), plan.Live[narrow.Y.Index]);
            Assert.Equal(back, plan.Live[widen.Y.Index].First);
            Assert.Equal(2 * plan[narrow.Y].Bytes(7), plan[narrow.X].Bytes(7));
        }
    }

    private static PlanOptions Options(ElementType storage = ElementType.Float32) =>
        new(PlanMode.Training, 7) { Loss = new SoftmaxCrossEntropy(), KeepActivations = storage };
}
