using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Lifetimes;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Execution;

public sealed class DeviceTests
{
    [Fact]
    public void The_default_is_one_of_all_processors_and_outlives_its_disposal()
    {
        Device device = Device.Default;
        Assert.Same(device, Device.Default);
        Assert.Equal(Environment.ProcessorCount, device.Threads);
        device.Dispose();
        using Model model = Samples.Model(Busy.Net);
        using var other = Device.Cpu(1);
        using var own = new Evaluator(model, Busy.Data, other);
        using var common = new Evaluator(model, Busy.Data, device);
        Assert.Equal(own.Run(), common.Run());
    }

    [Theory]
    [InlineData(1, "CPU, 1 thread")]
    [InlineData(3, "CPU, 3 threads")]
    public void A_device_says_what_it_is(int threads, string name)
    {
        using var device = Device.Cpu(threads);
        Assert.Equal(threads, device.Threads);
        Assert.Equal(name, device.Name);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Device.MaxThreads + 1)]
    public void Threads_out_of_range_are_refused(int threads) =>
        Assert.Equal("threads", Assert.Throws<ArgumentOutOfRangeException>(() => Device.Cpu(threads)).ParamName);

    [Fact]
    public void Rules_of_algebra_hold_on_any_device_and_rules_of_a_device_on_its_own()
    {
        Graph graph = Network.Input(8).Linear(6).BatchNorm().Dropout(0.5f).Relu().Linear(3).Build();
        var options = new PlanOptions(PlanMode.Inference, 4);
        using var device = Device.Cpu(1);
        using Model model = Samples.Model(graph);
        using var executor = new Executor(model, options, device);
        Assert.Equal(["remove-dropout", "fuse-activation"], Applied(executor.Plan));
        Assert.Equal(["remove-dropout"], Applied(ExecutionPlan.Build(graph, options, [])));
    }

    [Fact]
    public void A_trainer_leaves_the_device_that_it_was_given_to_its_owner()
    {
        using var device = Device.Cpu(3);
        using Model model = Samples.Model(Busy.Net);
        using (var trainer = new Trainer(model, Busy.Data, Busy.Options(), device))
        {
            Assert.Same(device, trainer.Device);
            trainer.Run(4);
        }

        Assert.Equal(Busy.Undisturbed(4), Samples.Bytes(model));
        model.Evaluate(Busy.Data, device);
        using var own = new Trainer(model, Busy.Data, Busy.Options());
        own.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Evaluate(Busy.Data, own.Device));
    }

    private static IEnumerable<string> Applied(ExecutionPlan plan) =>
        plan.Rewrites.Where(r => r.Applied).Select(r => r.Rule);
}
