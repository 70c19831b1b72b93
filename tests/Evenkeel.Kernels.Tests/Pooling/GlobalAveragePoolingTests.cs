using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Pooling;

public sealed class GlobalAveragePoolingTests
{
    // Averages of values below 1: 64 + positions / 64 roundings of sums, divided again by their number.
    private const double Tolerance = 64 * 6e-8;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_tail_matches_the_plain_average(int width)
    {
        using WorkerPool pool = WorkerPool.Serial();
        foreach (int channels in Lengths.AllTails.Where(c => c > 0))
        {
            foreach (int positions in new[] { 1, 2, 49, 64, 65, 300 })
            {
                using var x = new GuardedBuffer<float>(PoolingCase.Values(3 * positions * channels, 1));
                using var y = new GuardedBuffer<float>(3 * channels);
                using var dx = new GuardedBuffer<float>(x.Length);
                GlobalAveragePooling.Forward(pool, width, 3, positions, channels, x.Span, y.Span);
                GlobalAveragePooling.Backward<CachedStore>(pool, width, 3, positions, channels, y.Span, dx.Span);
                for (int i = 0; i < y.Length; i++)
                {
                    int first = (i / channels * positions * channels) + (i % channels);
                    double sum = 0;
                    for (int p = 0; p < positions; p++)
                    {
                        int at = first + (p * channels);
                        sum += x.Span[at];
                        if (dx.Span[at] != y.Span[i] / positions)
                            Assert.Fail($"dx[{at}] is {dx.Span[at]}, not {y.Span[i]} / {positions}");
                    }

                    Assert.InRange(y.Span[i], (sum / positions) - Tolerance, (sum / positions) + Tolerance);
                }

                y.Verify();
                dx.Verify();
            }
        }
    }

    [Fact]
    public void Gradients_are_added_threads_change_no_bit_and_nothing_is_allocated()
    {
        const int Batch = 20;
        float[] x = PoolingCase.Values(Batch * 49 * 130, 1);
        float[] dy = PoolingCase.Values(Batch * 130, 2);
        (float[] Y, float[] Sum) Run(int threads)
        {
            using var pool = new WorkerPool(threads);
            var (y, sum) = (new float[dy.Length], (float[])[.. x]);
            GlobalAveragePooling.Forward(pool, Batch, 49, 130, x, y);
            GlobalAveragePooling.Backward(pool, Batch, 49, 130, dy, sum, accumulates: true);
            return (y, sum);
        }

        (float[] y, float[] sum) = Run(1);
        Assert.Equal(x.Select((v, i) => v + (dy[(i / (49 * 130) * 130) + (i % 130)] / 49)), sum);
        foreach (int threads in new[] { 2, 3, 8 })
        {
            var other = Run(threads);
            Assert.True(y.AsSpan().SequenceEqual(other.Y));
            Assert.True(sum.AsSpan().SequenceEqual(other.Sum));
        }

        using var two = new WorkerPool(2);
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                GlobalAveragePooling.Forward(two, Batch, 49, 130, x, y);
                GlobalAveragePooling.Backward(two, Batch, 49, 130, y, sum);
            })
        );
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_and_an_empty_batch_is_fine()
    {
        using WorkerPool pool = WorkerPool.Serial();
        GlobalAveragePooling.Forward(pool, 0, 4, 3, [], []);
        Assert.Throws<ArgumentException>(() =>
            GlobalAveragePooling.Forward(pool, 1, 4, 3, new float[11], new float[3])
        );
        Assert.Throws<ArgumentException>(() =>
            GlobalAveragePooling.Backward(pool, 1, 4, 3, new float[4], new float[12])
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => GlobalAveragePooling.Forward(pool, 1, 0, 3, [], new float[3]));
        float[] shared = new float[14];
        Assert.Throws<ArgumentException>(() =>
            GlobalAveragePooling.Forward(pool, 1, 4, 3, shared.AsSpan(0, 12), shared.AsSpan(11, 3))
        );
    }
}
