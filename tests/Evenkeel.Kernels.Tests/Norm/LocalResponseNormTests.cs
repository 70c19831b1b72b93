using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Tests.Pooling;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Norm;

public sealed class LocalResponseNormTests
{
    // Sums of a few squares, two roots and a division: about ten roundings of 6e-8, on values below 2.
    private const double Tolerance = 2e-6;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_tail_and_window_matches_the_reference(int width)
    {
        foreach (int channels in Lengths.AllTails.Where(c => c > 0).Append(97))
        {
            foreach (int size in new[] { 1, 2, 4, 5, 9, 120 })
                Check(width, 3, channels, new ResponseWindow(size, 0.7f, 0.75f, 1.5f));
        }
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Other_exponents_match_the_reference(int width)
    {
        foreach (float beta in new[] { 0.5f, 0.7499f, 1f, 2f })
            Check(width, 5, 19, new ResponseWindow(5, 0.3f, beta, 2f));
    }

    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        const double Step = 1e-5;
        double[] x = BatchNormCase.Doubles(PoolingCase.Values(2 * 9, 1)),
            dy = BatchNormCase.Doubles(PoolingCase.Values(2 * 9, 2)),
            analytic = LocalResponseNormReference.Backward(9, 4, 0.8, 0.75, 1, x, dy);
        for (int i = 0; i < x.Length; i++)
        {
            double Loss(double shift)
            {
                double[] moved = [.. x];
                moved[i] += shift;
                return LocalResponseNormReference.Forward(9, 4, 0.8, 0.75, 1, moved).Zip(dy, (y, g) => y * g).Sum();
            }

            Assert.Equal(analytic[i], (Loss(Step) - Loss(-Step)) / (2 * Step), 1e-8);
        }
    }

    [Fact]
    public void Threads_change_no_bit_and_results_may_replace_inputs()
    {
        float[] x = PoolingCase.Values(3001 * 37, 1);
        float[] dy = PoolingCase.Values(x.Length, 2);
        (float[] Y, float[] Dx) Run(int threads)
        {
            using var pool = new WorkerPool(threads);
            float[] y = [.. x];
            float[] dx = [.. dy];
            LocalResponseNorm.Forward(pool, 3001, 37, new(5, 1e-1f, 0.75f, 1), y, y);
            LocalResponseNorm.Backward(pool, 3001, 37, new(5, 1e-1f, 0.75f, 1), x, y, dx, dx);
            return (y, dx);
        }

        (float[] y, float[] dx) = Run(1);
        foreach (int threads in new[] { 2, 3, 8 })
        {
            var other = Run(threads);
            Assert.True(y.AsSpan().SequenceEqual(other.Y));
            Assert.True(dx.AsSpan().SequenceEqual(other.Dx));
        }

        float[] apart = new float[x.Length];
        using WorkerPool serial = WorkerPool.Serial();
        LocalResponseNorm.Forward(serial, 3001, 37, new(5, 1e-1f, 0.75f, 1), x, apart);
        Assert.True(apart.AsSpan().SequenceEqual(y));
    }

    [Fact]
    public void Nothing_is_allocated_and_bad_numbers_are_refused()
    {
        using var pool = new WorkerPool(2);
        float[] x = PoolingCase.Values(100 * 64, 1);
        float[] y = new float[x.Length];
        LocalResponseNorm.Forward(pool, 0, 64, new(5, 1, 0.75f, 1), [], []);
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                LocalResponseNorm.Forward(pool, 100, 64, new(5, 1, 0.75f, 1), x, y);
                LocalResponseNorm.Backward(pool, 100, 64, new(5, 1, 0.75f, 1), x, y, y, y);
            })
        );
        void Forward(int size, float alpha, float beta, float k) =>
            LocalResponseNorm.Forward(pool, 100, 64, new(size, alpha, beta, k), x, y);
        Assert.Throws<ArgumentOutOfRangeException>(() => Forward(0, 1, 1, 1));
        Assert.Throws<ArgumentException>(() => Forward(5, -1, 1, 1));
        Assert.Throws<ArgumentException>(() => Forward(5, 1, float.NaN, 1));
        Assert.Throws<ArgumentException>(() => Forward(5, 1, 1, 0));
    }

    private static unsafe void Check(int width, int rows, int channels, ResponseWindow window)
    {
        using WorkerPool pool = WorkerPool.Serial();
        using var x = new GuardedBuffer<float>(PoolingCase.Values(rows * channels, 1));
        using var dy = new GuardedBuffer<float>(PoolingCase.Values(rows * channels, 2));
        using var y = new GuardedBuffer<float>(x.Length);
        using var dx = new GuardedBuffer<float>(x.Length);
        fixed (
            float* xs = x.Span,
                ys = y.Span,
                dys = dy.Span,
                dxs = dx.Span
        )
        {
            Widths.Run(width, new ResponsePass(pool, new(rows, channels), window, new(xs, ys, null, null)));
            Widths.Run(width, new ResponsePass(pool, new(rows, channels), window, new(xs, ys, dys, dxs)));
        }

        double[] input = BatchNormCase.Doubles(x.Span);
        double[] forward = LocalResponseNormReference.Forward(
            channels,
            window.Size,
            window.Alpha,
            window.Beta,
            window.K,
            input
        );
        double[] backward = LocalResponseNormReference.Backward(
            channels,
            window.Size,
            window.Alpha,
            window.Beta,
            window.K,
            input,
            BatchNormCase.Doubles(dy.Span)
        );
        Assert.InRange(BatchNormCase.Error(y.Span, forward), 0, Tolerance);
        Assert.InRange(BatchNormCase.Error(dx.Span, backward), 0, Tolerance);
        y.Verify();
        dx.Verify();
    }
}
