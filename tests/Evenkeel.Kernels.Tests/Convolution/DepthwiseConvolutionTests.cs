using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Convolution.Depthwise;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Tests.Pooling;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Convolution;

public sealed class DepthwiseConvolutionTests
{
    // Sums of up to 130 products below 1 in single precision: 130 roundings of 6e-8 of sums that stay below 12.
    private const double Tolerance = 2e-5;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    private static IEnumerable<ConvolutionShape> Geometries =>
        [
            Shape(6, 7, 3, 3, 1, 1, 1, 1, 6, 7),
            Shape(5, 6, 3, 3, 1, 1, 0, 2, 3, 8), // valid rows, full columns
            Shape(1, 1, 3, 3, 1, 1, 1, 1, 1, 1), // a single pixel
            Shape(2, 3, 3, 3, 1, 1, 4, 5, 9, 8), // padding wider than the kernel
            Shape(7, 8, 3, 3, 2, 2, 1, 1, 4, 4),
            Shape(7, 8, 3, 3, 2, 2, 0, 0, 4, 4), // the last windows hang over
            Shape(1, 2, 3, 3, 2, 2, 1, 1, 1, 1), // less than a window
            Shape(3, 2, 3, 3, 2, 2, 4, 5, 5, 6), // two pixels at a time, padding wider than the kernel
            Shape(5, 9, 5, 2, 1, 3, 2, 1, 5, 4),
            Shape(4, 4, 1, 1, 1, 1, 0, 0, 4, 4),
            Shape(5, 5, 1, 1, 3, 3, 0, 0, 2, 2), // pixels without an output
            Shape(2, 2, 3, 3, 1, 1, 2, 2, 5, 5), // outputs without a pixel under most taps
            Shape(2, 2, 2, 2, 1, 1, 3, 3, 8, 8), // outputs without a pixel
        ];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_geometry_matches_the_reference(int width)
    {
        foreach (ConvolutionShape geometry in Geometries)
        {
            foreach (
                (int channels, int multiplier) in new[] { (1, 1), (3, 1), (16, 1), (51, 1), (85, 1), (1, 4), (5, 3) }
            )
                Check(width, WithChannels(geometry, channels, multiplier));
        }
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_tail_of_channels_matches_the_reference(int width)
    {
        foreach (int channels in Lengths.AllTails.Where(c => c > 0))
        {
            Check(width, WithChannels(Shape(4, 5, 3, 3, 1, 1, 1, 1, 4, 5), channels, 1));
            Check(width, WithChannels(Shape(5, 6, 3, 3, 2, 2, 1, 1, 3, 3), channels, 1));
        }
    }

    // Several strips of lines, tiles of every height, strides along one axis and both, padding of all sorts.
    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Strips_and_tiles_match_the_reference(int width)
    {
        foreach (int columns in (int[])[1, 6, 7, 8, 13, 15, 22])
            Check(width, WithChannels(Shape(9, columns, 5, 5, 1, 1, 2, 2, 9, columns), 19, 1));
        Check(width, WithChannels(Shape(61, 60, 3, 5, 1, 1, 1, 2, 61, 60), 18, 1));
        Check(width, WithChannels(Shape(61, 41, 3, 3, 2, 2, 1, 1, 31, 21), 17, 1));
        Check(width, WithChannels(Shape(40, 90, 5, 5, 2, 1, 2, 2, 20, 90), 9, 1));
    }

    [Fact]
    public void Threads_change_no_bit_of_strips()
    {
        ConvolutionShape s = WithChannels(Shape(30, 31, 5, 5, 1, 1, 2, 2, 30, 31), 70, 1);
        float[] x = PoolingCase.Values(3 * 930 * 70, 1),
            w = PoolingCase.Values(25 * 70, 3);
        float[] Run(int threads)
        {
            using var pool = new WorkerPool(threads);
            float[] y = new float[x.Length];
            DepthwiseConvolution.Forward(pool, s, 3, x, w, y);
            Assert.Equal(0, Allocations.Least(() => DepthwiseConvolution.Forward(pool, s, 3, x, w, y)));
            return y;
        }

        float[] one = Run(1);
        foreach (int threads in new[] { 2, 3, 8 })
            Assert.True(one.AsSpan().SequenceEqual(Run(threads)));
    }

    [Fact]
    public void A_bias_and_an_activation_follow()
    {
        ConvolutionShape s = WithChannels(Shape(6, 7, 3, 3, 1, 1, 1, 1, 6, 7), 21, 1);
        using WorkerPool pool = WorkerPool.Serial();
        float[] x = PoolingCase.Values(2 * 42 * 21, 1);
        float[] w = PoolingCase.Values(9 * 21, 2);
        float[] bias = PoolingCase.Values(21, 3);
        float[] plain = new float[x.Length];
        DepthwiseConvolution.Forward(pool, s, 2, x, w, plain);
        float[] y = PoolingCase.Spread(plain, 21, 30);
        DepthwiseConvolution.ForwardWithBias(pool, default(Relu), s, 2, x, new(w, bias), y, 30);
        Assert.Equal(plain.Select((v, i) => Math.Max(v + bias[i % 21], 0)), PoolingCase.Gather(y, 21, 30));
        Assert.Contains(y, v => v == 0);
    }

    [Fact]
    public void Adding_a_gradient_keeps_what_was_there()
    {
        ConvolutionShape s = WithChannels(Shape(6, 7, 3, 3, 1, 1, 1, 1, 6, 7), 21, 1);
        using WorkerPool pool = WorkerPool.Serial();
        float[] dy = PoolingCase.Values(42 * 21, 1);
        float[] w = PoolingCase.Values(9 * 21, 2);
        float[] dx = new float[dy.Length];
        float[] sum = PoolingCase.Values(dy.Length, 3);
        float[] before = [.. sum];
        DepthwiseConvolution.GradientToInput(pool, s, 1, dy, w, dx);
        DepthwiseConvolution.GradientToInput(pool, s, 1, dy, w, sum, accumulates: true);
        Assert.Equal(before.Zip(dx, (a, b) => a + b), sum);
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        ConvolutionShape s = WithChannels(Shape(30, 31, 3, 3, 1, 1, 1, 1, 30, 31), 70, 1);
        float[] x = PoolingCase.Values(3 * 930 * 70, 1);
        float[] dy = PoolingCase.Values(x.Length, 2);
        float[] w = PoolingCase.Values(9 * 70, 3);
        (float[] Y, float[] Dx, float[] Dw) Run(int threads)
        {
            using var pool = new WorkerPool(threads);
            var (y, dx, dw) = (new float[x.Length], new float[x.Length], new float[w.Length]);
            DepthwiseConvolution.Forward(pool, s, 3, x, w, y);
            DepthwiseConvolution.GradientToInput(pool, s, 3, dy, w, dx);
            DepthwiseConvolution.GradientToWeights(pool, s, 3, x, dy, dw);
            return (y, dx, dw);
        }

        (float[] y, float[] dx, float[] dw) = Run(1);
        foreach (int threads in new[] { 2, 3, 8 })
        {
            var other = Run(threads);
            Assert.True(y.AsSpan().SequenceEqual(other.Y));
            Assert.True(dx.AsSpan().SequenceEqual(other.Dx));
            Assert.True(dw.AsSpan().SequenceEqual(other.Dw));
        }
    }

    [Fact]
    public void An_empty_batch_gives_zero_weight_gradients_and_nothing_is_allocated()
    {
        ConvolutionShape s = WithChannels(Shape(20, 20, 3, 3, 1, 1, 1, 1, 20, 20), 40, 1);
        using var pool = new WorkerPool(2);
        float[] w = PoolingCase.Values(360, 1);
        float[] dw = PoolingCase.Values(360, 2);
        DepthwiseConvolution.Forward(pool, s, 0, [], w, []);
        DepthwiseConvolution.GradientToInput(pool, s, 0, [], w, []);
        DepthwiseConvolution.GradientToWeights(pool, s, 0, [], [], dw);
        Assert.All(dw, v => Assert.Equal(0, v));
        var (x, y) = (new float[4 * 400 * 40], new float[4 * 400 * 40]);
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                DepthwiseConvolution.Forward(pool, s, 4, x, w, y);
                DepthwiseConvolution.GradientToInput(pool, s, 4, y, w, x);
                DepthwiseConvolution.GradientToWeights(pool, s, 4, x, y, dw);
            })
        );
    }

    [Fact]
    public void Shapes_and_lengths_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        ConvolutionShape s = WithChannels(Shape(4, 4, 3, 3, 1, 1, 1, 1, 4, 4), 2, 1);
        void Forward(ConvolutionShape shape, int x, int w, int y) =>
            DepthwiseConvolution.Forward(pool, shape, 1, new float[x], new float[w], new float[y]);

        Forward(s, 32, 18, 32);
        Assert.Throws<ArgumentException>(() => Forward(s, 31, 18, 32));
        Assert.Throws<ArgumentException>(() => Forward(s, 32, 17, 32));
        Assert.Throws<ArgumentException>(() => Forward(s, 32, 18, 31));
        Assert.Contains(
            "one group per input channel",
            Assert.Throws<ArgumentException>(() => Forward(s with { Groups = 1 }, 32, 18, 32)).Message
        );
        Assert.Throws<ArgumentException>(() => Forward(s with { OutputChannels = 3 }, 32, 27, 48));
        float[] shared = new float[64];
        Assert.Throws<ArgumentException>(() =>
            DepthwiseConvolution.Forward(pool, s, 1, shared.AsSpan(0, 32), new float[18], shared.AsSpan(31, 32))
        );
    }

    private static void Check(int width, ConvolutionShape s)
    {
        using WorkerPool pool = WorkerPool.Serial();
        var geometry = new DepthwiseGeometry(s, 2);
        using var x = new GuardedBuffer<float>(PoolingCase.Values(2 * s.Height * s.Width * s.InputChannels, 1));
        using var w = new GuardedBuffer<float>(PoolingCase.Values(geometry.Taps * s.OutputChannels, 2));
        using var dy = new GuardedBuffer<float>(
            PoolingCase.Values(2 * s.OutputHeight * s.OutputWidth * s.OutputChannels, 3)
        );
        using var y = new GuardedBuffer<float>(dy.Length);
        using var dx = new GuardedBuffer<float>(x.Length);
        using var dw = new GuardedBuffer<float>(w.Length);
        y.Span.Fill(float.NaN);
        dx.Span.Fill(float.NaN);
        dw.Span.Fill(float.NaN);
        DepthwiseConvolution.Forward(
            pool,
            width,
            geometry,
            default(DepthwiseSum<CachedStore>),
            x.Span,
            w.Span,
            y.Span,
            s.OutputChannels
        );
        DepthwiseConvolution.GradientToInput<CachedStore>(pool, width, geometry, dy.Span, w.Span, dx.Span);
        DepthwiseConvolution.GradientToWeights(pool, width, geometry, x.Span, dy.Span, dw.Span);
        var (xs, ws, dys) = (
            BatchNormCase.Doubles(x.Span),
            BatchNormCase.Doubles(w.Span),
            BatchNormCase.Doubles(dy.Span)
        );
        AssertClose(ConvolutionReference.Forward(s, 2, xs, ws), y.Span, $"{s} forward");
        AssertClose(ConvolutionReference.GradientToInput(s, 2, dys, ws), dx.Span, $"{s} dx");
        AssertClose(ConvolutionReference.GradientToWeights(s, 2, xs, dys), dw.Span, $"{s} dw");
        y.Verify();
        dx.Verify();
        dw.Verify();
    }

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= Tolerance))
                Assert.Fail($"{what}: {actual[i]} for {expected[i]} at {i}");
        }
    }

    private static ConvolutionShape WithChannels(ConvolutionShape s, int channels, int multiplier) =>
        s with
        {
            InputChannels = channels,
            OutputChannels = channels * multiplier,
            Groups = channels,
        };

    private static ConvolutionShape Shape(
        int h,
        int w,
        int kh,
        int kw,
        int sy,
        int sx,
        int top,
        int left,
        int oh,
        int ow
    ) =>
        new()
        {
            Height = h,
            Width = w,
            InputChannels = 1,
            OutputChannels = 1,
            KernelHeight = kh,
            KernelWidth = kw,
            StrideY = sy,
            StrideX = sx,
            PadTop = top,
            PadLeft = left,
            OutputHeight = oh,
            OutputWidth = ow,
        };
}
