using System.Numerics;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution;

/// <summary>What the exchanges of one kind cost each rank in a training step.</summary>
/// <param name="Kernel">The kind of step.</param>
/// <param name="Exchanges">Steps of that kind.</param>
/// <param name="Rounds">Messages that wait for one another: what latency counts.</param>
/// <param name="Bytes">Sent by each rank: what bandwidth counts.</param>
internal sealed record ExchangeTraffic(string Kernel, int Exchanges, long Rounds, long Bytes)
{
    /// <summary>The traffic of a plan, by kind, in the order of the plan.</summary>
    /// <param name="plan">A plan of several slices.</param>
    /// <param name="ranks">A power of two that divides the slices.</param>
    public static ExchangeTraffic[] Of(ExecutionPlan plan, int ranks) =>
        [
            .. plan
                .Steps.OfType<ExchangeStep>()
                // It waits for what was begun before.
                .Where(step => step is not FinishGradients)
                .GroupBy(step => step.Kernel)
                .Select(kind => new ExchangeTraffic(
                    kind.Key,
                    kind.Count(),
                    kind.Sum(step => RoundsOf(plan, step, ranks)),
                    kind.Sum(step => BytesOf(plan, step, ranks))
                )),
        ];

    // A sum by halves scatters and collects. Along a tree, ranks of a group swap once at each level; where a group is not a power of two,
    // they send up and down.
    private static long RoundsOf(ExecutionPlan plan, ExchangeStep step, int ranks)
    {
        int group = GroupOf(plan, step);
        return Times(plan, step)
            * Levels(plan, group, ranks)
            * (step is ExchangeGradients || !BitOperations.IsPow2(group) ? 2 : 1);
    }

    private static long BytesOf(ExecutionPlan plan, ExchangeStep step, int ranks) =>
        step switch
        {
            ExchangeGradients bucket => 2 * plan[bucket.Gradients].Bytes(0) * (ranks - 1) / ranks,
            ExchangeMeans s => s.Grouped.Sum(l => plan[l.Mean].Fixed + 1L)
                * sizeof(double)
                * Levels(plan, plan.Options.Slices, ranks),
            _ => (long)plan[step.Writes[0]].Fixed
                * sizeof(double)
                * Levels(plan, GroupOf(plan, step), ranks)
                * Times(plan, step),
        };

    private static int GroupOf(ExecutionPlan plan, ExchangeStep step) =>
        step switch
        {
            ExchangeMoments s => s.Group,
            ExchangeSums s => s.Group,
            _ => plan.Options.Slices,
        };

    // What normalises a micro-batch is exchanged for each.
    private static long Times(ExecutionPlan plan, ExchangeStep step) =>
        step is ExchangeMoments or ExchangeSums ? plan.Options.Accumulate : 1;

    // At which ranks meet.
    private static int Levels(ExecutionPlan plan, int group, int ranks)
    {
        int held = plan.Options.Slices / ranks,
            meeting = Math.Max(1, (group + held - 1) / held);
        return BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)meeting));
    }
}
