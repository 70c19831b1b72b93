using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Pooling;

public sealed class MaxPoolingTests
{
    public static TheoryData<int> AllWidths => [.. Widths.All];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_geometry_matches_the_reference(int width)
    {
        foreach (PoolingShape geometry in PoolingCase.Geometries)
        {
            foreach (int channels in new[] { 1, 3, 16, 33, 51, 131 })
                CheckForward(width, geometry with { Channels = channels }, 2);
        }
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_tail_of_channels_matches_the_reference(int width)
    {
        foreach (int channels in Lengths.AllTails.Where(c => c > 0))
            CheckForward(width, PoolingCase.Shape(5, 5, 3, 3, 2, 2, 1, 1, 3, 3) with { Channels = channels }, 1);
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void NaN_wins_and_infinities_keep_their_index(int width)
    {
        PoolingShape s = PoolingCase.Shape(6, 6, 3, 3, 2, 2, 1, 1, 3, 3) with { Channels = 19 };
        var random = new Random(5);
        float[] x = PoolingCase.Values(s.InputSize, 1);
        foreach (ref float value in x.AsSpan())
        {
            value = random.Next(12) switch
            {
                0 => float.NaN,
                1 => -float.NaN,
                2 => float.PositiveInfinity,
                3 => float.NegativeInfinity,
                _ => value,
            };
        }

        byte[] expected = PoolingReference.Winners(s, 1, BatchNormCase.Doubles(x));
        double[] values = PoolingReference.MaxForward(s, 1, BatchNormCase.Doubles(x), expected);
        float[] y = new float[expected.Length];
        byte[] argMax = new byte[expected.Length];
        using WorkerPool pool = WorkerPool.Serial();
        MaxPooling.Forward<KeepArgMax>(pool, width, s, 1, x, y, s.Channels, argMax);
        Assert.Contains(y, float.IsNaN);
        Assert.Contains(y, float.IsPositiveInfinity);
        Assert.Equal(expected, argMax);
        Assert.Equal(values, y.Select(v => (double)v));
        CheckNormalized(width, s, 1, x);
    }

    [Fact]
    public void The_first_of_equals_wins()
    {
        PoolingShape s = PoolingCase.Shape(4, 4, 2, 2, 2, 2, 0, 0, 2, 2) with { Channels = 5 };
        byte[] argMax = new byte[20];
        using WorkerPool pool = WorkerPool.Serial();
        MaxPooling.Forward(pool, s, 1, new float[80], new float[20], 5, argMax);
        Assert.All(argMax, index => Assert.Equal(0, index));
    }

    [Fact]
    public void Adding_a_gradient_keeps_what_was_there()
    {
        PoolingShape s = PoolingCase.Shape(7, 7, 3, 3, 2, 2, 0, 0, 3, 3) with { Channels = 20 };
        using WorkerPool pool = WorkerPool.Serial();
        float[] x = PoolingCase.Values(2 * s.InputSize, 1);
        float[] dy = PoolingCase.Values(2 * 9 * 20, 2);
        byte[] argMax = new byte[dy.Length];
        MaxPooling.Forward(pool, s, 2, x, new float[dy.Length], 20, argMax);
        float[] dx = new float[x.Length];
        float[] sum = PoolingCase.Values(x.Length, 3);
        float[] before = [.. sum];
        MaxPooling.Backward(pool, s, 2, dy, 20, argMax, dx);
        MaxPooling.Backward(pool, s, 2, dy, 20, argMax, sum, accumulates: true);
        Assert.Equal(before.Zip(dx, (a, b) => a + b), sum);
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        PoolingShape s = PoolingCase.Shape(40, 41, 3, 3, 2, 2, 0, 0, 20, 20) with { Channels = 67 };
        const int Batch = 5;
        float[] x = PoolingCase.Values(Batch * s.InputSize, 1);
        int outputs = (int)(Batch * s.OutputPositions * s.Channels);
        float[] dy = PoolingCase.Values(outputs, 2);
        (float[] Y, byte[] ArgMax, float[] Dx) Run(int threads)
        {
            using var pool = new WorkerPool(threads);
            var (y, argMax, dx) = (new float[outputs], new byte[outputs], new float[x.Length]);
            MaxPooling.Forward(pool, s, Batch, x, y, s.Channels, argMax);
            MaxPooling.Backward(pool, s, Batch, dy, s.Channels, argMax, dx);
            return (y, argMax, dx);
        }

        (float[] y, byte[] argMax, float[] dx) = Run(1);
        foreach (int threads in new[] { 2, 3, 8 })
        {
            var other = Run(threads);
            Assert.True(y.AsSpan().SequenceEqual(other.Y));
            Assert.True(argMax.AsSpan().SequenceEqual(other.ArgMax));
            Assert.True(dx.AsSpan().SequenceEqual(other.Dx));
        }
    }

    [Fact]
    public void An_empty_batch_is_fine_and_nothing_is_allocated()
    {
        PoolingShape s = PoolingCase.Shape(20, 20, 3, 3, 2, 2, 0, 0, 10, 10) with { Channels = 40 };
        using var pool = new WorkerPool(2);
        MaxPooling.Forward(pool, s, 0, [], [], 40, []);
        MaxPooling.Backward(pool, s, 0, [], 40, [], []);
        var (x, y, argMax) = (new float[4 * 400 * 40], new float[4 * 100 * 40], new byte[4 * 100 * 40]);
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                MaxPooling.Forward(pool, s, 4, x, y, 40, argMax);
                MaxPooling.Backward(pool, s, 4, y, 40, argMax, x);
            })
        );
    }

    [Fact]
    public void Shapes_and_lengths_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        PoolingShape s = PoolingCase.Shape(4, 4, 2, 2, 2, 2, 0, 0, 2, 2);
        void Forward(PoolingShape shape, int x, int y, int stride, int argMax) =>
            MaxPooling.Forward(pool, shape, 1, new float[x], new float[y], stride, new byte[argMax]);

        Forward(s, 16, 4, 1, 4);
        Assert.Throws<ArgumentException>(() => Forward(s, 15, 4, 1, 4));
        Assert.Throws<ArgumentException>(() => Forward(s, 16, 3, 1, 4));
        Assert.Throws<ArgumentException>(() => Forward(s, 16, 4, 0, 4));
        Assert.Throws<ArgumentException>(() => Forward(s, 16, 4, 1, 5));
        Assert.Throws<ArgumentException>(() => Forward(s with { OutputWidth = 3 }, 16, 6, 1, 6));
        Assert.Throws<ArgumentException>(() => Forward(s with { PadTop = 2 }, 16, 4, 1, 4));
        Assert.Throws<ArgumentException>(() => Forward(s with { StrideX = 0 }, 16, 4, 1, 4));
        PoolingShape wide = PoolingCase.Shape(17, 17, 17, 17, 1, 1, 0, 0, 1, 1);
        Assert.Contains("256", Assert.Throws<ArgumentException>(() => Forward(wide, 289, 1, 1, 1)).Message);
        float[] shared = new float[20];
        Assert.Throws<ArgumentException>(() =>
            MaxPooling.Forward(pool, s, 1, shared.AsSpan(0, 16), shared.AsSpan(15, 4), 1)
        );
    }

    [Fact]
    public void Large_gradients_are_those_of_small_batches()
    {
        PoolingShape s = PoolingCase.Shape(40, 41, 3, 3, 2, 2, 0, 0, 20, 20) with { Channels = 64 };
        const int Images = 21;
        using WorkerPool pool = new(2);
        int outputs = (int)(s.OutputPositions * s.Channels);
        float[] x = PoolingCase.Values((int)(Images * s.InputSize), 1),
            y = new float[Images * outputs],
            dy = PoolingCase.Values(Images * outputs, 2),
            one = new float[s.InputSize];
        byte[] argMax = new byte[Images * outputs];
        using var dx = new GuardedBuffer<float>(x.Length);
        MaxPooling.Forward(pool, s, Images, x, y, s.Channels, argMax);
        MaxPooling.Backward(pool, s, Images, dy, s.Channels, argMax, dx.Span);
        for (int i = 0; i < Images; i++)
        {
            (int first, int end) = (i * outputs, (i + 1) * outputs);
            MaxPooling.Backward(pool, s, 1, dy.AsSpan()[first..end], s.Channels, argMax.AsSpan()[first..end], one);
            Assert.Equal(one, dx.Span.Slice(i * one.Length, one.Length).ToArray());
        }

        dx.Verify();
    }

    private static void CheckForward(int width, PoolingShape s, int batch)
    {
        using WorkerPool pool = WorkerPool.Serial();
        int stride = s.Channels + 7;
        float[] values = PoolingCase.Values(batch * s.InputSize, 1, 3);
        byte[] expected = PoolingReference.Winners(s, batch, BatchNormCase.Doubles(values));
        double[] largest = PoolingReference.MaxForward(s, batch, BatchNormCase.Doubles(values), expected);
        using var x = new GuardedBuffer<float>(values);
        using var argMax = new GuardedBuffer<byte>(expected.Length);
        using var y = new GuardedBuffer<float>(PoolingCase.Spread(new float[expected.Length], s.Channels, stride));
        MaxPooling.Forward<KeepArgMax>(pool, width, s, batch, x.Span, y.Span, stride, argMax.Span);
        Assert.Equal(expected, argMax.Span.ToArray());
        Assert.Equal(largest, PoolingCase.Gather(y.Span, s.Channels, stride).Select(v => (double)v));
        using var inference = new GuardedBuffer<float>(expected.Length);
        MaxPooling.Forward<NoArgMax>(pool, width, s, batch, x.Span, inference.Span, s.Channels, []);
        Assert.Equal(largest, inference.Span.ToArray().Select(v => (double)v));
        CheckNormalized(width, s, batch, x.Span);

        // Whole numbers: their sums are exact.
        float[] gradients = [.. PoolingCase.Values(expected.Length, 2).Select(v => MathF.Round(8 * v))];
        using var dy = new GuardedBuffer<float>(PoolingCase.Spread(gradients, s.Channels, stride));
        using var dx = new GuardedBuffer<float>(values.Length);
        double[] exact = PoolingReference.MaxBackward(s, batch, BatchNormCase.Doubles(gradients), expected);
        dx.Span.Fill(float.NaN);
        MaxPooling.Backward<CachedStore>(pool, width, s, batch, dy.Span, stride, argMax.Span, dx.Span);
        Assert.Equal(exact, dx.Span.ToArray().Select(v => (double)v));
        // Stores past the caches ask for alignment, which memory has that ends with a page.
        if (s.Channels % width == 0)
        {
            dx.Span.Fill(float.NaN);
            MaxPooling.Backward<StreamingStore>(pool, width, s, batch, dy.Span, stride, argMax.Span, dx.Span);
            Assert.Equal(exact, dx.Span.ToArray().Select(v => (double)v));
        }

        argMax.Verify();
        y.Verify();
        inference.Verify();
        dx.Verify();
    }

    // To normalise on the way in has the bits of a pass of its own.
    private static void CheckNormalized(int width, PoolingShape s, int batch, Span<float> x)
    {
        using WorkerPool pool = WorkerPool.Serial();
        using var values = new GuardedBuffer<float>(PoolingCase.Values(NormCoefficients.Length(s.Channels), 4));
        using var normalized = new GuardedBuffer<float>(x.Length);
        var coefficients = new NormCoefficients(values.Span);
        int rows = x.Length / s.Channels,
            outputs = batch * (int)s.OutputPositions * s.Channels;
        Normalize.Run(pool, new Relu(), new NormShape(rows, s.Channels), x, coefficients, normalized.Span);
        float[] y = new float[outputs],
            expected = new float[outputs];
        byte[] argMax = new byte[outputs],
            expectedArgMax = new byte[outputs];
        MaxPooling.Forward<KeepArgMax>(pool, width, s, batch, normalized.Span, expected, s.Channels, expectedArgMax);
        var input = new NormalizedInput<Relu>(default, x, coefficients);
        MaxPooling.Forward<KeepArgMax, Relu>(pool, width, s, batch, input, y, s.Channels, argMax);
        Assert.Equal(expected, y);
        Assert.Equal(expectedArgMax, argMax);
    }
}
