using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reduction;

/// <summary>Sums, means, largest and smallest values of each example over some of its dimensions, and their gradients.</summary>
public static unsafe class Reduce
{
    /// <summary>y = scale times the sum of x, added up in double precision.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="plan">What is reduced.</param>
    /// <param name="scale">1 for the sum, 1 / count for the mean.</param>
    /// <param name="examples">Examples, 0 or more.</param>
    /// <param name="x">[examples, values].</param>
    /// <param name="y">Receives [examples, results].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Sum(
        WorkerPool pool,
        ReductionPlan plan,
        double scale,
        int examples,
        ReadOnlySpan<float> x,
        Span<float> y
    )
    {
        Check(pool, plan, examples, x.Length, y.Length);
        fixed (float* xs = x)
        fixed (float* ys = y)
            Run(pool, plan, examples, new ReduceTask<ScaledSum>(new ScaledSum(scale), xs, ys));
    }

    /// <summary>dx = scale times dy of the sum that x belongs to.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="plan">As in the forward pass.</param>
    /// <param name="scale">As in the forward pass.</param>
    /// <param name="examples">As in the forward pass.</param>
    /// <param name="dy">[examples, results].</param>
    /// <param name="dx">Receives [examples, values].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void SumBackward(
        WorkerPool pool,
        ReductionPlan plan,
        double scale,
        int examples,
        ReadOnlySpan<float> dy,
        Span<float> dx
    )
    {
        Check(pool, plan, examples, dx.Length, dy.Length);
        fixed (float* dys = dy)
        fixed (float* dxs = dx)
            Run(pool, plan, examples, new SpreadTask((float)scale, dys, dxs));
    }

    /// <summary>y = the value of x that is preferred to all others; NaN if one is NaN.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="plan">What is reduced.</param>
    /// <param name="examples">Examples, 0 or more.</param>
    /// <param name="x">[examples, values].</param>
    /// <param name="y">Receives [examples, results].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Choose<TChoice>(
        WorkerPool pool,
        ReductionPlan plan,
        int examples,
        ReadOnlySpan<float> x,
        Span<float> y
    )
        where TChoice : struct, IChoice
    {
        Check(pool, plan, examples, x.Length, y.Length);
        fixed (float* xs = x)
        fixed (float* ys = y)
            Run(pool, plan, examples, new ReduceTask<Extreme<TChoice>>(default, xs, ys));
    }

    /// <summary>dx = dy where x was chosen, shared evenly among equal values; 0 elsewhere.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="plan">As in the forward pass.</param>
    /// <param name="examples">As in the forward pass.</param>
    /// <param name="x">[examples, values], as in the forward pass.</param>
    /// <param name="y">[examples, results], what it made.</param>
    /// <param name="dy">[examples, results].</param>
    /// <param name="dx">Receives [examples, values].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void ChooseBackward<TChoice>(
        WorkerPool pool,
        ReductionPlan plan,
        int examples,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> dy,
        Span<float> dx
    )
        where TChoice : struct, IChoice
    {
        Check(pool, plan, examples, x.Length, y.Length);
        Check(pool, plan, examples, dx.Length, dy.Length);
        fixed (float* xs = x)
        fixed (float* ys = y)
        fixed (float* dys = dy)
        fixed (float* dxs = dx)
            Run(pool, plan, examples, new ChosenTask<TChoice>(xs, ys, dys, dxs));
    }

    private static void Run<TTask>(WorkerPool pool, ReductionPlan plan, int examples, TTask task)
        where TTask : struct, IReductionTask
    {
        WidestLanes.Run(new ReductionPass<TTask>(pool, plan, examples, task));
    }

    private static void Check(WorkerPool pool, ReductionPlan plan, int examples, int values, int results)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        if (values != (long)examples * plan.Values || results != (long)examples * plan.Results)
            throw new ArgumentException(
                $"{values} and {results} values are not {examples} examples of {plan.Values} reduced to {plan.Results}."
            );
    }
}
