using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Pooling;

public sealed class AveragePoolingTests
{
    // Sums of up to 42 values below 1, each rounded by at most 6e-8 of a sum below 42, divided again by their number.
    private const double Tolerance = 3e-6;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_geometry_matches_the_reference(int width)
    {
        foreach (PoolingShape geometry in PoolingCase.Geometries)
        {
            foreach (int channels in new[] { 1, 3, 16, 33, 51 })
            {
                Check(width, geometry with { Channels = channels }, AverageDivisor.RealPixels);
                Check(width, geometry with { Channels = channels }, AverageDivisor.Window);
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_tail_of_channels_matches_the_reference(int width)
    {
        foreach (int channels in Lengths.AllTails.Where(c => c > 0))
        {
            PoolingShape same = PoolingCase.Shape(4, 5, 3, 3, 1, 1, 1, 1, 4, 5) with { Channels = channels };
            Check(width, same, AverageDivisor.Window);
            PoolingShape half = PoolingCase.Shape(4, 5, 2, 2, 2, 2, 0, 0, 2, 3) with { Channels = channels };
            Check(width, half, AverageDivisor.RealPixels);
        }
    }

    [Fact]
    public void Constant_images_keep_their_value_when_real_pixels_count()
    {
        using WorkerPool pool = WorkerPool.Serial();
        foreach (PoolingShape geometry in PoolingCase.Geometries)
        {
            PoolingShape s = geometry with { Channels = 21 };
            float[] x = new float[s.InputSize];
            Array.Fill(x, 3f);
            float[] y = new float[s.OutputPositions * 21];
            AveragePooling.Forward(pool, s, AverageDivisor.RealPixels, 1, x, y, 21);

            // One rounding of the reciprocal and one of the product.
            Assert.All(y, v => Assert.InRange(v, 3f - 5e-7f, 3f + 5e-7f));
        }
    }

    [Fact]
    public void All_indices_of_a_window_count_or_the_real_pixels_alone()
    {
        using WorkerPool pool = WorkerPool.Serial();

        // Padding in front and more of it behind: of their three positions the windows see 2, 3 and 1 pixels.
        PoolingShape s = PoolingCase.Shape(1, 6, 1, 3, 1, 3, 0, 1, 1, 3);
        float[] y = new float[3];
        AveragePooling.Forward(pool, s, AverageDivisor.Window, 1, [6, 6, 6, 6, 6, 6], y, 1);
        Assert.Equal([4f, 6f, 2f], y.Select(v => MathF.Round(v, 5)));
        AveragePooling.Forward(pool, s, AverageDivisor.RealPixels, 1, [6, 6, 6, 6, 6, 6], y, 1);
        Assert.Equal([6f, 6f, 6f], y.Select(v => MathF.Round(v, 5)));
    }

    [Fact]
    public void Adding_a_gradient_keeps_what_was_there()
    {
        PoolingShape s = PoolingCase.Shape(7, 7, 3, 3, 1, 1, 1, 1, 7, 7) with { Channels = 20 };
        using WorkerPool pool = WorkerPool.Serial();
        float[] dy = PoolingCase.Values(2 * s.InputSize, 2);
        float[] dx = new float[dy.Length];
        float[] sum = PoolingCase.Values(dx.Length, 3);
        float[] before = [.. sum];
        AveragePooling.Backward(pool, s, AverageDivisor.RealPixels, 2, dy, 20, dx);
        AveragePooling.Backward(pool, s, AverageDivisor.RealPixels, 2, dy, 20, sum, accumulates: true);
        Assert.Equal(before.Zip(dx, (a, b) => a + b), sum);
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        PoolingShape s = PoolingCase.Shape(28, 27, 3, 3, 1, 1, 1, 1, 28, 27) with { Channels = 99 };
        float[] x = PoolingCase.Values(3 * s.InputSize, 1);
        (float[] Y, float[] Dx) Run(int threads)
        {
            using var pool = new WorkerPool(threads);
            var (y, dx) = (new float[x.Length], new float[x.Length]);
            AveragePooling.Forward(pool, s, AverageDivisor.RealPixels, 3, x, y, 99);
            AveragePooling.Backward(pool, s, AverageDivisor.RealPixels, 3, x, 99, dx);
            return (y, dx);
        }

        (float[] y, float[] dx) = Run(1);
        foreach (int threads in new[] { 2, 3, 8 })
        {
            var other = Run(threads);
            Assert.True(y.AsSpan().SequenceEqual(other.Y));
            Assert.True(dx.AsSpan().SequenceEqual(other.Dx));
        }
    }

    [Fact]
    public void An_empty_batch_is_fine_and_nothing_is_allocated()
    {
        PoolingShape s = PoolingCase.Shape(20, 20, 3, 3, 1, 1, 1, 1, 20, 20) with { Channels = 40 };
        using var pool = new WorkerPool(2);
        AveragePooling.Forward(pool, s, AverageDivisor.Window, 0, [], [], 40);
        AveragePooling.Backward(pool, s, AverageDivisor.Window, 0, [], 40, []);
        var (x, y) = (new float[4 * 400 * 40], new float[4 * 400 * 40]);
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                AveragePooling.Forward(pool, s, AverageDivisor.Window, 4, x, y, 40);
                AveragePooling.Backward(pool, s, AverageDivisor.Window, 4, y, 40, x);
            })
        );
    }

    private static void Check(int width, PoolingShape s, AverageDivisor divisor)
    {
        using WorkerPool pool = WorkerPool.Serial();
        int stride = s.Channels + 5;
        float[] values = PoolingCase.Values(2 * s.InputSize, 1);
        float[] gradients = PoolingCase.Values(2 * s.OutputPositions * s.Channels, 2);
        using var x = new GuardedBuffer<float>(values);
        using var y = new GuardedBuffer<float>(PoolingCase.Spread(gradients, s.Channels, stride));
        AveragePooling.Forward(pool, width, s, divisor, 2, x.Span, y.Span, stride);
        float[] actual = PoolingCase.Gather(y.Span, s.Channels, stride);
        AssertClose(
            PoolingReference.AverageForward(s, divisor, 2, BatchNormCase.Doubles(values)),
            actual,
            $"{s} {divisor} forward"
        );
        using var dy = new GuardedBuffer<float>(PoolingCase.Spread(gradients, s.Channels, stride));
        using var dx = new GuardedBuffer<float>(values.Length);
        dx.Span.Fill(float.NaN);
        AveragePooling.Backward<CachedStore>(pool, width, s, divisor, 2, dy.Span, stride, dx.Span);
        double[] expected = PoolingReference.AverageBackward(s, divisor, 2, BatchNormCase.Doubles(gradients));
        AssertClose(expected, dx.Span.ToArray(), $"{s} {divisor} backward");
        y.Verify();
        dx.Verify();
    }

    private static void AssertClose(double[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= Tolerance))
                Assert.Fail($"{what}: {actual[i]} for {expected[i]} at {i}");
        }
    }
}
