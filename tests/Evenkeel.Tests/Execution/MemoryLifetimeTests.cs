using System.Runtime.CompilerServices;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Execution;

/// <summary>A span over a model's or an executor's memory is all that is needed to keep that memory.</summary>
public sealed class MemoryLifetimeTests
{
    private static readonly Graph Net = Network.Input(6).Linear(50).BatchNorm().Relu().Linear(3).Build();

    [Fact]
    public void Spans_outlive_whom_they_came_from()
    {
        using var device = Device.Cpu(1);
        using Model model = Samples.Model(Net, 1);
        float[] expected = model.Floats("linear1.weight").ToArray(),
            statistics = model.Floats("batchnorm1.running_var").ToArray();
        Span<float> weights = ModelMade().Floats("linear1.weight"),
            variance = ModelMade().Floats("batchnorm1.running_var"),
            trainable = ModelMade().Trainable;
        float[] all = model.Trainable.ToArray();
        ReadOnlySpan<float> output = ExecutorMade(device).Output;
        float[] made = output.ToArray();
        for (int i = 0; i < 4; i++)
        {
            CollectAndFill(device);
            Close.SameBits(expected, weights, "weights");
            Close.SameBits(statistics, variance, "running variance");
            Close.SameBits(all, trainable, "all parameters");
            Close.SameBits(made, output, "output");
        }
    }

    [Fact]
    public void A_span_stays_valid_when_its_model_is_disposed()
    {
        Model model = ModelMade();
        Span<float> weights = model.Floats("linear1.weight");
        float[] expected = weights.ToArray();
        model.Dispose();
        using var device = Device.Cpu(1);
        CollectAndFill(device);
        Close.SameBits(expected, weights, "weights");
        Assert.Throws<ObjectDisposedException>(() => model.Floats("linear1.weight").Length);
    }

    // No local of the caller's may hold them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Model ModelMade() => Samples.Model(Net, 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Executor ExecutorMade(Device device)
    {
        var executor = new Executor(
            ExecutionPlan.Build(Net, new PlanOptions(PlanMode.Inference, 2)),
            ModelMade(),
            device
        );
        executor.Forward(Samples.Floats(12, 4));
        return executor;
    }

    // Memory that was let go of is taken by models and executors of the same size with other values.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CollectAndFill(Device device)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        for (ulong seed = 2; seed < 40; seed++)
        {
            using Model other = Samples.Model(Net, seed);
            using Executor executor = ExecutorMade(device);
        }
    }
}
