using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Tests.Pooling;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Norm;

/// <summary>Normalisation into slices of wider matrices, against the dense kernels.</summary>
public sealed class StridedBatchNormTests
{
    private const float Epsilon = 1e-5f;

    // Narrow dense rows are folded and their sums cut differently: a few roundings of single precision.
    private const double Tolerance = 2e-6;

    private static readonly int[] Widths = [1, 4, 8, 16];

    [Theory]
    [InlineData(1)]
    [InlineData(65)]
    [InlineData(200)]
    public void Slices_match_dense_matrices_at_every_tail_and_width(int rows)
    {
        foreach (int channels in Lengths.AllTails.Where(c => c > 0).Append(64).Append(131))
        {
            var k = new BatchNormCase(rows, channels);
            foreach (int width in Widths)
            {
                Check(default(Relu), k, channels + 9, width);
                Check(default(SoftSign), k, channels + 16, width);
            }
        }
    }

    [Theory]
    [InlineData(5003, 64, 256)]
    [InlineData(40_001, 32, 35)]
    [InlineData(6272, 352, 1024)]
    public void Slices_match_dense_matrices_on_large_shapes(int rows, int channels, int stride)
    {
        var k = new BatchNormCase(rows, channels);
        Check(default(Relu), k, stride, NormPlan.BestWidth);
        Check(default(SoftSign), k, stride, NormPlan.BestWidth);
    }

    // Rows of 64 bytes or a multiple, as far apart: the slice of 352 channels above is written so.
    [Theory]
    [InlineData(6272, 352, 1024, 0, true)]
    [InlineData(6272, 352, 1024, 16, true)]
    [InlineData(6272, 352, 1024, 4, false)]
    [InlineData(6272, 352, 1025, 0, false)]
    [InlineData(6272, 360, 1024, 0, false)]
    [InlineData(60, 352, 1024, 0, false)]
    public unsafe void Large_slices_of_whole_registers_go_past_the_caches(
        int rows,
        int channels,
        int stride,
        int offset,
        bool streams
    )
    {
        NormPlan plan = NormPlan.For(new NormShape(rows, channels, stride), 1) with { Width = 16 };
        using var y = new GuardedBuffer<float>(1024);
        fixed (float* first = y.Span)
        {
            float* aligned = (float*)(((nuint)first + 63) & ~(nuint)63);
            Assert.Equal(
                streams && StreamingStore.Pays(sizeof(float) * (long)rows * (channels + stride)),
                plan.StreamsToRows(aligned + offset)
            );
        }
    }

    [Fact]
    public void A_stride_of_the_channels_is_the_dense_kernel()
    {
        using WorkerPool pool = WorkerPool.Serial();
        var k = new BatchNormCase(3001, 24);
        NormRun dense = NormRun.Of(pool, NormPlan.For(3001, 24, 2), default(Relu), k, Epsilon);
        Run strided = Run.Of(pool, default(Relu), k, 24);
        Assert.True(dense.Y.AsSpan().SequenceEqual(strided.Y));
        Assert.True(dense.Dx.AsSpan().SequenceEqual(strided.Dx));
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        var k = new BatchNormCase(9001, 40);
        using WorkerPool serial = WorkerPool.Serial();
        Run expected = Run.Of(serial, default(Relu), k, 77);
        foreach (int threads in new[] { 2, 3, 8 })
        {
            using var pool = new WorkerPool(threads);
            Run actual = Run.Of(pool, default(Relu), k, 77);
            Assert.True(expected.Y.AsSpan().SequenceEqual(actual.Y));
            Assert.True(expected.Dx.AsSpan().SequenceEqual(actual.Dx));
            Assert.Equal(expected.Dgamma, actual.Dgamma);
            Assert.Equal(expected.Dbeta, actual.Dbeta);
        }
    }

    [Fact]
    public void Frozen_slices_match_frozen_dense_matrices()
    {
        // From 64 channels on dense rows are not folded: both are cut alike.
        using var pool = new WorkerPool(2);
        var k = new BatchNormCase(300, 70);
        Run dense = Frozen(pool, k, 70);
        Run slice = Frozen(pool, k, 81);
        Assert.True(dense.Y.AsSpan().SequenceEqual(slice.Y));
        Assert.True(dense.Dx.AsSpan().SequenceEqual(slice.Dx));
        Assert.Equal(dense.Dgamma, slice.Dgamma);
        Assert.Equal(dense.Dbeta, slice.Dbeta);
    }

    [Fact]
    public void Nothing_is_allocated_and_bad_strides_are_refused()
    {
        using var pool = new WorkerPool(2);
        var k = new BatchNormCase(2000, 40);
        float[] coefficients = new float[NormCoefficients.Length(40)];
        float[] y = new float[2000 * 50];
        void Forward(Span<float> output, int stride) =>
            Normalize.Run(
                pool,
                default(Relu),
                new NormShape(2000, 40, stride),
                k.X,
                new NormCoefficients(coefficients),
                output
            );

        Assert.Equal(0, Allocations.Least(() => Forward(y, 50)));
        Forward(y.AsSpan(10), 50);
        Assert.Contains("too small", Assert.Throws<ArgumentException>(() => Forward(y, 39)).Message);
        Assert.Contains("apart", Assert.Throws<ArgumentException>(() => Forward(y.AsSpan(11), 50)).Message);
        Assert.Throws<ArgumentException>(() => Forward(k.X, 41));
    }

    private static Run Frozen(WorkerPool pool, BatchNormCase k, int stride)
    {
        int channels = k.Channels;
        float[] dx = new float[k.X.Length];
        float[] y = PoolingCase.Spread(new float[k.X.Length], channels, stride);
        float[] dy = PoolingCase.Spread(k.Dy, channels, stride);
        SoftSign g = default;
        NormPlan plan = NormPlan.For(new NormShape(k.Rows, channels, stride), inputs: 3);
        var norm = new ComposedNorm(channels);
        norm.Moments.Set([.. k.Beta.Select(b => b + 0.2f)], [.. k.Gamma.Select(v => v * 1.7f)]);
        norm.ForwardGiven(pool, plan, g, k.X, k.Parameters(Epsilon), y);
        norm.BackwardFrozen(pool, plan, g, new NormBackwardInputs(k.X, y, dy), Epsilon, dx);
        return new Run(PoolingCase.Gather(y, channels, stride), dx, norm.Dgamma, norm.Dbeta);
    }

    private static void Check<TAct>(TAct act, BatchNormCase k, int stride, int width)
        where TAct : struct, IActivation
    {
        using WorkerPool pool = WorkerPool.Serial();
        NormPlan plan = NormPlan.For(k.Rows, k.Channels, 2) with { Width = width };
        NormRun dense = NormRun.Of(pool, plan, act, k, Epsilon);
        Run strided = Run.Of(pool, act, k, stride, width);
        double scale = Math.Max(1, Math.Sqrt(k.Rows));
        Assert.InRange(BatchNormCase.Error(strided.Y, BatchNormCase.Doubles(dense.Y)), 0, Tolerance);
        double slope = dense.Variance.Max(v => 1.5 / Math.Sqrt(v + Epsilon));
        double gradient = Tolerance * Math.Max(1, slope);
        Assert.InRange(BatchNormCase.Error(strided.Dx, BatchNormCase.Doubles(dense.Dx)), 0, gradient);
        double sums = Tolerance * scale;
        Assert.InRange(BatchNormCase.Error(strided.Dgamma, BatchNormCase.Doubles(dense.Dgamma)), 0, sums);
        Assert.InRange(BatchNormCase.Error(strided.Dbeta, BatchNormCase.Doubles(dense.Dbeta)), 0, sums);
    }

    private sealed record Run(float[] Y, float[] Dx, float[] Dgamma, float[] Dbeta)
    {
        public static Run Of<TAct>(WorkerPool pool, TAct act, BatchNormCase k, int stride, int? width = null)
            where TAct : struct, IActivation
        {
            int channels = k.Channels;
            NormPlan plan = NormPlan.For(new NormShape(k.Rows, channels, stride), 2);
            plan = plan with { Width = width ?? plan.Width };
            using var y = new GuardedBuffer<float>(PoolingCase.Spread(new float[k.X.Length], channels, stride));
            using var dy = new GuardedBuffer<float>(PoolingCase.Spread(k.Dy, channels, stride));
            using var dx = new GuardedBuffer<float>(k.X.Length);
            var norm = new ComposedNorm(channels);
            norm.Forward(pool, plan, act, k.X, k.Parameters(Epsilon), y.Span);
            var inputs = new NormBackwardInputs(k.X, TAct.GradientUsesOutput ? y.Span : default, dy.Span);
            norm.Backward(pool, plan, act, inputs, Epsilon, dx.Span);
            y.Verify();
            dx.Verify();
            return new Run(PoolingCase.Gather(y.Span, channels, stride), dx.Span.ToArray(), norm.Dgamma, norm.Dbeta);
        }
    }
}
