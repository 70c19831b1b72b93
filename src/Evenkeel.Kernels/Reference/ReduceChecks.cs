using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;

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

/// <summary>Checks of reductions on this machine: [rows, columns] over either, which are the two ways that values may lie.</summary>
internal static class ReduceChecks
{
    private const int Rows = 123;
    private const int Columns = 321;

    /// <summary>All of them. Sums are exact in double precision but for the last rounding; choices are exact.</summary>
    public static IEnumerable<KernelCheck> All =>
        [
            new("Reduce.Sum rows", $"{Rows}x{Columns}", pool => new(Sum(pool, 0), 0.51)),
            new("Reduce.Sum columns", $"{Rows}x{Columns}", pool => new(Sum(pool, 1), 0.51)),
            new("Reduce.Choose rows", $"{Rows}x{Columns}", pool => new(Largest(pool, 0), 0)),
            new("Reduce.Choose columns", $"{Rows}x{Columns}", pool => new(Largest(pool, 1), 0)),
        ];

    private static double Sum(WorkerPool pool, int axis)
    {
        float[] x = CheckValues.Uniform(Rows * Columns, 1),
            y = new float[axis == 0 ? Columns : Rows];
        Reduce.Sum(pool, new ReductionPlan([Rows, Columns], [axis]), 1, 1, x, y);
        return UlpError.Largest(y, Expected(x, axis, values => values.Sum(v => (double)v)));
    }

    private static double Largest(WorkerPool pool, int axis)
    {
        float[] x = CheckValues.Uniform(Rows * Columns, 1),
            y = new float[axis == 0 ? Columns : Rows];
        Reduce.Choose<Largest>(pool, new ReductionPlan([Rows, Columns], [axis]), 1, x, y);
        return UlpError.Largest(y, Expected(x, axis, values => values.Max()));
    }

    private static double[] Expected(float[] x, int axis, Func<IEnumerable<float>, double> reduce) =>
        [
            .. Enumerable
                .Range(0, x.Length)
                .GroupBy(i => axis == 0 ? i % Columns : i / Columns)
                .OrderBy(g => g.Key)
                .Select(g => reduce(g.Select(i => x[i]))),
        ];
}
