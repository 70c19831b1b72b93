using Evenkeel.Execution;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Normalization;

public sealed class SingleValuePolicyTests
{
    private static readonly PlanOptions Training = new(PlanMode.Training, 4) { Loss = new SoftmaxCrossEntropy() };

    private readonly float[] _one = Samples.Floats(5, 9);

    [Fact]
    public void The_default_is_an_error_that_says_where_and_what_to_do()
    {
        using Model model = Samples.Model(Build(SingleValuePolicy.Error));
        byte[] before = Samples.Bytes(model);
        using var device = Device.Cpu(1);
        using var executor = new Executor(ExecutionPlan.Build(model.Graph, Training), model, device);
        var e = Assert.Throws<SingleValuePerChannelException>(() => executor.ForwardBackward(_one, [1]));
        foreach (string word in (string[])["'norm'", "batch 1", "7 channels", "2 or more", "lastBatch", "skipUpdate"])
            Assert.Contains(word, e.Message);
        Assert.Equal(before, Samples.Bytes(model));
        Assert.True(double.IsFinite(executor.ForwardBackward(Samples.Floats(10, 1), [1, 2])));
    }

    [Fact]
    public void Several_positions_of_one_example_are_several_values()
    {
        Graph graph = Network.Input(2, 5).Linear(7).BatchNorm(name: "norm").Tanh().Linear(4).Build();
        using Model model = Samples.Model(graph);
        using var device = Device.Cpu(1);
        using var executor = new Executor(ExecutionPlan.Build(graph, Training), model, device);
        Assert.True(double.IsFinite(executor.ForwardBackward(Samples.Floats(10, 1), [1, 2])));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Running_statistics_can_take_their_place(bool fuse)
    {
        // The same network with the layer frozen is what the policy makes of such a batch, forward and backward.
        Graph graph = Build(SingleValuePolicy.UseRunningStatistics);
        var norm = (BatchNorm)graph["norm"].Layer;
        using Model model = Samples.Model(graph);
        using Model frozen = model.With(graph.Replace("norm", norm with { NormalizeWith = StatisticsSource.Running }));
        using var device = Device.Cpu(1);
        PlanOptions options = Training with { DisabledRules = fuse ? [] : ["fuse-activation"] };
        using var executor = new Executor(ExecutionPlan.Build(model.Graph, options), model, device);
        using var expected = new Executor(ExecutionPlan.Build(frozen.Graph, options), frozen, device);
        byte[] before = Samples.Bytes(model);
        Assert.Equal(expected.ForwardBackward(_one, [1]), executor.ForwardBackward(_one, [1]));
        Close.SameBits(expected.Output, executor.Output, "output");
        Close.SameBits(expected.Gradients, executor.Gradients, "gradient");
        executor.Commit();
        Assert.Equal(before, Samples.Bytes(model));
        Assert.Equal(1, executor.RefusedCommits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_formula_can_be_applied_as_it_stands(bool fuse)
    {
        Graph graph = Build(SingleValuePolicy.SkipUpdate);
        using Model model = Samples.Model(graph);
        using var device = Device.Cpu(1);
        PlanOptions options = Training with { Observed = fuse ? [] : ["norm"] };
        using var executor = new Executor(ExecutionPlan.Build(graph, options), model, device);
        byte[] before = Samples.Bytes(model);
        executor.ForwardBackward(_one, [1]);
        // One value minus its mean is 0, so the output is beta, and nothing goes back to the weights or gamma.
        if (!fuse)
            Close.SameBits(model.Floats("norm.bias"), executor.Value("norm"), "beta");
        Assert.All(Gradient(executor, model, "linear1.weight"), g => Assert.Equal(0f, g));
        Assert.All(Gradient(executor, model, "norm.weight"), g => Assert.Equal(0f, g));
        Assert.Contains(Gradient(executor, model, "norm.bias"), g => g != 0);
        executor.Commit();
        Assert.Equal(before, Samples.Bytes(model));
        Assert.Equal(1, executor.RefusedCommits);
    }

    private static float[] Gradient(Executor executor, Model model, string tensor)
    {
        TensorPlace place = model.Layout[tensor];
        return executor.Gradients.Slice((int)(place.ByteOffset / 4), place.Tensor.Spec.Count).ToArray();
    }

    private static Graph Build(SingleValuePolicy policy) =>
        Network
            .Input(5)
            .Linear(7)
            .BatchNorm(new BatchNormConvention { SingleValue = policy }, "norm")
            .Sigmoid()
            .Linear(4)
            .Build();
}
