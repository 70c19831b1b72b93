using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Reduction;

/// <summary>Reductions against lists of the values of each result.</summary>
public sealed unsafe class ReduceTests
{
    private const int Examples = 2;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_length_as_a_run_or_as_columns(int width)
    {
        foreach (int length in Lengths.AllTails.Concat([97, 255, 600]).Where(n => n > 0))
        {
            foreach (
                (int[] dimensions, int[] axes) in (ReadOnlySpan<(int[], int[])>)
                    [([length], [0]), ([length, 3], [0]), ([3, length], [1]), ([3, length], [0])]
            )
                Check(width, dimensions, axes);
        }
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_choice_of_dimensions(int width)
    {
        int[] dimensions = [3, 2, 1, 5, 4];
        for (int chosen = 0; chosen < 1 << dimensions.Length; chosen++)
            Check(
                width,
                dimensions,
                [.. Enumerable.Range(0, dimensions.Length).Where(axis => (chosen >> axis & 1) != 0)]
            );
    }

    [Fact]
    public void NaN_stays_and_equal_values_share_the_gradient()
    {
        using WorkerPool pool = WorkerPool.Serial();
        var plan = new ReductionPlan([3], [0]);
        float[] y = new float[1],
            dx = new float[3];
        Reduce.Choose<Largest>(pool, plan, 1, [1, float.NaN, 3], y);
        Assert.Equal(float.NaN, y[0]);
        Reduce.ChooseBackward<Largest>(pool, plan, 1, [2, 1, 2], [2], [3], dx);
        Assert.Equal([1.5f, 0, 1.5f], dx);
    }

    // A million times 0.1 in float32: added one after the other that would be 100958.
    [Fact]
    public void Sums_are_added_up_in_double_precision()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] x = new float[1_000_000];
        Array.Fill(x, 0.1f);
        float[] y = new float[1];
        Reduce.Sum(pool, new ReductionPlan([x.Length], [0]), 1, 1, x, y);
        Assert.Equal((float)(0.1f * 1e6), y[0]);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits_and_nothing_is_allocated()
    {
        using WorkerPool one = WorkerPool.Serial();
        using var many = new WorkerPool(3);
        var plan = new ReductionPlan([30, 20, 33], [1]);
        float[] x = FloatValues.Uniform(4 * plan.Values, 1, 1),
            y = new float[4 * plan.Results],
            z = new float[4 * plan.Results];
        Reduce.Sum(one, plan, 0.5, 4, x, y);
        Assert.Equal(0, Allocations.Least(() => Reduce.Sum(many, plan, 0.5, 4, x, z)));
        FloatValues.AssertSame(y, z, "sums");
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() => new ReductionPlan([2, 3], [2]));
        Assert.Throws<ArgumentException>(() => new ReductionPlan([2, 3], [1, 1]));
        Assert.Throws<ArgumentException>(() =>
            Reduce.Sum(pool, new ReductionPlan([2, 3], [1]), 1, 1, new float[6], new float[3])
        );
    }

    private static void Check(int width, int[] dimensions, int[] axes)
    {
        var plan = new ReductionPlan(dimensions, axes);
        List<int>[] members = Members(dimensions, axes);
        Assert.Equal(members.Length, Examples * plan.Results);
        string what = $"[{string.Join(", ", dimensions)}] over [{string.Join(", ", axes)}]";
        // Coarse, so that there are equal values.
        float[] x = Array.ConvertAll(FloatValues.Uniform(Examples * plan.Values, 4, 5), MathF.Round),
            dy = FloatValues.Uniform(members.Length, 1, 6);
        using var y = new GuardedFloats(members.Length);
        using var dx = new GuardedFloats(x.Length);
        fixed (
            float* xs = x,
                dys = dy
        )
        {
            // Exact in double precision, then rounded once.
            Run(width, plan, new ReduceTask<ScaledSum>(new ScaledSum(0.3), xs, y.Pointer));
            for (int i = 0; i < members.Length; i++)
                Assert.True((float)(members[i].Sum(m => (double)x[m]) * 0.3) == y.Span[i], what);
            Run(width, plan, new SpreadTask(0.3f, dys, dx.Pointer));
            for (int i = 0; i < members.Length; i++)
                Assert.All(members[i], m => Assert.True(0.3f * dy[i] == dx.Span[m], what));
            Run(width, plan, new ReduceTask<Extreme<Smallest>>(default, xs, y.Pointer));
            Run(width, plan, new ChosenTask<Smallest>(xs, y.Pointer, dys, dx.Pointer));
        }

        for (int i = 0; i < members.Length; i++)
        {
            float least = members[i].Min(m => x[m]);
            Assert.True(least == y.Span[i], what);
            float share = dy[i] / members[i].Count(m => x[m] == least);
            Assert.All(members[i], m => Assert.True((x[m] == least ? share : 0) == dx.Span[m], what));
        }

        y.AssertIntact();
        dx.AssertIntact();
    }

    private static void Run<TTask>(int width, ReductionPlan plan, TTask task)
        where TTask : struct, IReductionTask
    {
        using WorkerPool pool = WorkerPool.Serial();
        Widths.Run(width, new ReductionPass<TTask>(pool, plan, Examples, task));
    }

    // Of each result, the places of its values.
    private static List<int>[] Members(int[] dimensions, int[] axes)
    {
        int count = dimensions.Aggregate(1, (n, d) => n * d),
            results = dimensions.Where((_, axis) => !axes.Contains(axis)).Aggregate(1, (n, d) => n * d);
        List<int>[] members = [.. Enumerable.Range(0, Examples * results).Select(_ => new List<int>())];
        for (int i = 0; i < Examples * count; i++)
        {
            int result = i / count,
                stride = count;
            for (int axis = 0; axis < dimensions.Length; axis++)
            {
                stride /= dimensions[axis];
                if (!axes.Contains(axis))
                    result = (result * dimensions[axis]) + (i / stride % dimensions[axis]);
            }

            members[result].Add(i);
        }

        return members;
    }
}
