using Evenkeel.Execution.Cpu;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Planning;

public sealed class LivenessTests
{
    [Fact]
    public void A_buffer_lives_from_its_first_write_to_its_last_use()
    {
        Step[] steps =
        [
            new AccumulateGradient("a", Source: new(0), Target: new(1)),
            new ActivationForward("b", new Relu(), 1, X: new(1), Y: new(2)),
            new ActivationForward("c", new Relu(), 1, X: new(2), Y: new(3)),
            new ActivationForward("d", new Relu(), 1, X: new(1), Y: new(4)),
        ];
        LiveRange[] ranges = Liveness.Compute(steps, Buffers(6), readAfterwards: [new(3), new(5)]);
        Assert.Equal([new(0, 0), new(0, 3), new(1, 2), new(2, 4), new(3, 3), LiveRange.None], ranges);
    }

    [Fact]
    public void A_use_of_a_view_is_a_use_of_its_whole()
    {
        BufferInfo[] buffers = Buffers(4);
        buffers[3] = buffers[3] with { View = new ChannelView(Base: new(1), Offset: 2, Stride: 4) };
        Step[] steps =
        [
            new ActivationForward("a", new Relu(), 1, X: new(0), Y: new(3)),
            new ActivationForward("b", new Relu(), 1, X: new(0), Y: new(2)),
            new ActivationForward("c", new Relu(), 1, X: new(1), Y: new(2)),
        ];
        LiveRange[] ranges = Liveness.Compute(steps, buffers, readAfterwards: []);
        Assert.Equal([new(0, 1), new(0, 2), new(1, 2), LiveRange.None], ranges);
    }

    [Fact]
    public void In_plans_of_random_networks_nothing_live_shares_memory()
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            Graph graph = RandomGraph(seed);
            foreach (PlanMode mode in Enum.GetValues<PlanMode>())
            {
                var options = new PlanOptions(mode, (int)(seed % 7) + 1) { Loss = new SoftmaxCrossEntropy() };
                CheckPlan(ExecutionPlan.Build(graph, options), $"seed {seed}, {mode}");
            }
        }
    }

    [Fact]
    public void Every_step_that_exists_runs_on_the_CPU()
    {
        Type[] steps =
        [
            .. typeof(Step)
                .Assembly.GetTypes()
                .Where(t => t.IsSubclassOf(typeof(Step)) && !t.IsAbstract && !t.IsSubclassOf(typeof(ExchangeStep))),
        ];
        Assert.True(steps.Length >= 17);
        Assert.All(steps, step => Assert.True(CpuBackend.Supports(step), step.Name));
    }

    // Judged from the steps themselves, not from the plan's own live ranges.
    private static void CheckPlan(ExecutionPlan plan, string what)
    {
        for (int a = 0; a < plan.Buffers.Length; a++)
        {
            for (int b = 0; b < a; b++)
            {
                bool share =
                    plan.Offsets[a] >= 0
                    && plan.Offsets[b] >= 0
                    && plan.Offsets[a] < plan.Offsets[b] + plan.Buffers[b].Bytes(plan.Options.MaxBatch)
                    && plan.Offsets[b] < plan.Offsets[a] + plan.Buffers[a].Bytes(plan.Options.MaxBatch);
                if (share)
                    Assert.True(
                        Uses(plan, new(a)).Last < Uses(plan, new(b)).First
                            || Uses(plan, new(b)).Last < Uses(plan, new(a)).First,
                        what
                    );
            }
        }

        // Every activation that is read was written before.
        var written = new HashSet<BufferId>();
        foreach (Step step in plan.Steps)
        {
            Assert.All(
                step.Reads.Where(r => plan[r].Region == Region.Activation && !step.Writes.Contains(r)),
                r => Assert.Contains(r, written)
            );
            written.UnionWith(step.Writes);
        }

        Assert.True(plan.ActivationBytes <= plan.Buffers.Sum(b => MemoryBlock.Align(b.Bytes(plan.Options.MaxBatch))));
    }

    private static (int First, int Last) Uses(ExecutionPlan plan, BufferId buffer)
    {
        int[] steps =
        [
            .. Enumerable
                .Range(0, plan.Steps.Length)
                .Where(i => plan.Steps[i].Reads.Contains(buffer) || plan.Steps[i].Writes.Contains(buffer)),
        ];
        return (steps[0], steps[^1]);
    }

    private static Graph RandomGraph(ulong seed)
    {
        var random = new RandomStream(seed);
        var layers = new List<(string, Layer, string[])> { ("l0", new Linear(6), ["input"]) };
        var values = new List<string> { "l0" };
        for (int i = 1; i <= 12; i++)
        {
            string last = values[^1],
                other = values[(int)(random.Next() % (ulong)values.Count)];
            (Layer layer, string[] inputs) = (random.Next() % 6) switch
            {
                0 => ((Layer)new Linear(6), new[] { last }),
                1 => (new BatchNorm(BatchNormConvention.Default), [last]),
                2 => (new Sigmoid(), [last]),
                3 => (new Relu(), [other]),
                4 => (new ChannelAffine(), [last]),
                _ => (new Add(), [last, other]),
            };
            layers.Add(($"l{i}", layer, inputs));
            values.Add($"l{i}");
        }

        return HandBuilt.Graph([2, 6], [.. layers]);
    }

    private static BufferInfo[] Buffers(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new BufferInfo($"{i}", Region.Activation, ElementType.Float32, 4, 0)),
        ];
}
