using Evenkeel.Kernels.Reduction;

namespace Evenkeel.Kernels.Reference;

/// <summary>Which result of a reduction each value of an example belongs to.</summary>
public static class ReduceReference
{
    /// <summary>The place of each value's result, in the order of memory.</summary>
    public static int[] Results(ReductionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        int[] results = new int[plan.Values];
        for (int i = 0; i < results.Length; i++)
        {
            (int run, int inRun) = Math.DivRem(i, plan.Run);
            (int kept, int reduced) = Math.DivRem(run, plan.Reduced.Length);
            int place = plan.Kept[kept] + plan.Reduced[reduced] + inRun;
            results[place] = plan.KeepsRun ? (kept * plan.Run) + inRun : kept;
        }

        return results;
    }
}
