using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Tests.Pooling;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed unsafe class RowCopyTests
{
    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_tail_is_copied_and_added_and_the_gaps_are_left_alone(int width)
    {
        using WorkerPool pool = WorkerPool.Serial();
        foreach (int channels in Lengths.AllTails.Where(c => c > 0))
        {
            float[] values = PoolingCase.Values(7 * channels, 1);
            float[] before = PoolingCase.Values(7 * channels, 2);
            int from = channels + 3;
            int to = channels + 20;
            using var source = new GuardedBuffer<float>(PoolingCase.Spread(values, channels, from));
            using var copy = new GuardedBuffer<float>(PoolingCase.Spread(before, channels, to));
            using var sum = new GuardedBuffer<float>(PoolingCase.Spread(before, channels, to));
            RowCopy.Run(pool, 7, channels, source.Span, from, copy.Span, to);
            fixed (
                float* s = source.Span,
                    d = sum.Span
            )
                RowCopy.Add(pool, width, 7, channels, s, from, d, to);
            Assert.Equal(values, PoolingCase.Gather(copy.Span, channels, to));
            Assert.Equal(values.Zip(before, (a, b) => a + b), PoolingCase.Gather(sum.Span, channels, to));
            copy.Verify();
            sum.Verify();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Many_rows_on_any_number_of_threads(int threads)
    {
        using var pool = new WorkerPool(threads);
        float[] values = PoolingCase.Values(5001 * 33, 1);
        float[] wide = PoolingCase.Spread(new float[values.Length], 33, 65);
        RowCopy.Run(pool, 5001, 33, values, 33, wide, 65);
        RowCopy.Run(pool, 5001, 33, values, 33, wide, 65, accumulates: true);
        Assert.Equal(values.Select(v => v + v), PoolingCase.Gather(wide, 33, 65));
    }

    [Fact]
    public void Slices_of_one_matrix_may_be_copied_to_each_other_unless_they_overlap()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] m = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        RowCopy.Run(pool, 2, 2, m, 5, m.AsSpan(3), 5);
        Assert.Equal([1, 2, 3, 1, 2, 6, 7, 8, 6, 7], m);
        RowCopy.Run(pool, 2, 2, m.AsSpan(3), 5, m, 5, accumulates: true);
        Assert.Equal([2, 4, 3, 1, 2, 12, 14, 8, 6, 7], m);
        Assert.Throws<ArgumentException>(() => RowCopy.Run(pool, 2, 2, m, 5, m.AsSpan(1), 5));
        Assert.Throws<ArgumentException>(() => RowCopy.Run(pool, 2, 2, m, 5, m.AsSpan(4, 6), 4));
        Assert.Throws<ArgumentException>(() => RowCopy.Run(pool, 2, 3, m, 5, m.AsSpan(2), 5));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_and_nothing_is_allocated()
    {
        using var pool = new WorkerPool(2);
        float[] a = new float[100_000];
        float[] b = new float[100_000];
        RowCopy.Run(pool, 0, 4, [], 4, [], 9);
        Assert.Throws<ArgumentException>(() => RowCopy.Run(pool, 11, 4, a.AsSpan(0, 43), 4, b, 4));
        Assert.Throws<ArgumentException>(() => RowCopy.Run(pool, 11, 4, a, 4, b, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowCopy.Run(pool, 11, 0, a, 4, b, 4, accumulates: true));
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                RowCopy.Run(pool, 1000, 90, a, 95, b, 100);
                RowCopy.Run(pool, 1000, 90, a, 95, b, 100, accumulates: true);
            })
        );
    }
}
