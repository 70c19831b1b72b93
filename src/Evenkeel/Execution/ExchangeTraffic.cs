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
                    kind.Count() * RoundsOf(kind.First(), ranks),
                    kind.Sum(step => BytesOf(plan, step, ranks))
                )),
        ];

    // An all-gather doubles what each rank has in each round; a sum by halves takes as many rounds twice.
    private static long RoundsOf(ExchangeStep step, int ranks) =>
        BitOperations.Log2((uint)ranks) * (step is ExchangeGradients ? 2 : 1);

    private static long BytesOf(ExecutionPlan plan, ExchangeStep step, int ranks) =>
        step is ExchangeGradients bucket
            ? 2 * plan[bucket.Gradients].Bytes(0) * (ranks - 1) / ranks
            : (ranks - 1) * (long)(plan.Options.Slices / ranks) * plan[step.Writes[0]].Fixed * sizeof(double);
}
