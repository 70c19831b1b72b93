using System.Diagnostics;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Testing;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Execution;

/// <summary>Counts allocations of the whole process, so nothing else may run beside it.</summary>
public sealed class SteadyStateTests
{
    private const int WarmUp = 100;
    private const int Counted = 200;

    public static TheoryData<string> Cases =>
        ["sgd", "momentum", "nesterov", "adagrad", "adam", "clipped", "frozen", "skipped", "affine", "parts"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_step_allocates_nothing(string kind)
    {
        using Model model = Samples.Model(Network(kind));
        using Trainer trainer = Open(kind, model, prefetch: 0);
        trainer.Run(WarmUp);
        Assert.Equal(0, Allocations.Least(() => trainer.Step(), calls: Counted));
    }

    [Theory]
    [InlineData("momentum")]
    [InlineData("clipped")]
    public void Neither_do_workers_and_the_thread_that_reads_ahead(string kind)
    {
        using Model model = Samples.Model(Network(kind));
        using Trainer trainer = Open(kind, model, prefetch: 3);
        trainer.Run(WarmUp);
        // Waiting threads may take a semaphore's slow path, which makes its lock object once: bytes per step must be none,
        // so the smallest of a few counts is what steps themselves allocate.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 4 && least > 0; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Counted; i++)
                trainer.Step();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // The counter itself allocates less than this; one object per step would be 24 * 200.
        Assert.InRange(least, 0, 512);
    }

    [Fact]
    public void Memory_is_flat_over_ten_thousand_steps()
    {
        using Model model = Samples.Model(Network("adam"));
        using Trainer trainer = Open("adam", model, prefetch: 2);
        trainer.Run(500);
        (long heap, long resident) = Memory();
        trainer.Run(10_500);
        (long heapAfter, long residentAfter) = Memory();
        // One object per step would be 240 kB.
        Assert.InRange(heapAfter - heap, -1_000_000, 65_536);
        // Tiered compilation and the collector's own pages move the working set by several MB on a busy machine; one set of
        // arenas leaked per step would be above 100 MB.
        Assert.InRange(residentAfter - resident, long.MinValue, 32L << 20);
    }

    private static (long Heap, long Resident) Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long heap = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        return (heap, process.WorkingSet64);
    }

    private static Graph Network(string kind)
    {
        if (kind == "parts")
            return Evenkeel
                .Network.Input(8)
                .Linear(12)
                .Add(new Split([3, 4, 5]))
                .Concat(null, b => b.Value(1), b => b.Value(2).Tanh())
                .Linear(3)
                .Build();
        Graph graph = Samples.Small(batchNorm: true);
        foreach (Node node in graph.Nodes.Where(n => n.Layer is BatchNorm))
        {
            var norm = (BatchNorm)node.Layer;
            graph = kind switch
            {
                "frozen" => graph.Replace(node.Name, norm with { NormalizeWith = StatisticsSource.Running }),
                "affine" => graph.Replace(node.Name, new ChannelAffine()),
                _ => graph,
            };
        }

        return graph;
    }

    private static Trainer Open(string kind, Model model, int prefetch)
    {
        OptimizerConfig optimizer = kind switch
        {
            "momentum" => new SgdMomentum(),
            "nesterov" => new SgdNesterov(),
            "adagrad" => new Adagrad(),
            "adam" => new Adam(),
            _ => new Sgd { WeightDecay = 1e-4f },
        };
        var options = new TrainingOptions
        {
            BatchSize = 16,
            Threads = 2,
            Prefetch = prefetch,
            Optimizer = optimizer,
            LearningRate = new ConstantRate(0.01),
            ClipNorm = kind == "clipped" ? 0.05 : null,
            OnNonFiniteLoss = NonFiniteLossPolicy.Skip,
        };
        if (kind == "skipped")
            model.Floats("linear3.bias")[0] = float.NaN;
        return new Trainer(model, Samples.Data(70, [8], 3), options);
    }
}
