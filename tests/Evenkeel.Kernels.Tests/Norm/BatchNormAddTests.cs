using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Tests.Pooling;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Norm;

public sealed class BatchNormAddTests
{
    private const float Epsilon = 1e-5f;

    // As for batch normalisation: about 30 roundings of single precision.
    private const double Tolerance = 2e-6;

    private static readonly int[] Widths = [1, 4, 8, 16];

    [Theory]
    [InlineData(2)]
    [InlineData(65)]
    [InlineData(200)]
    public void Matches_the_reference_at_every_tail_and_width(int rows)
    {
        foreach (int channels in Lengths.AllTails.Where(c => c > 0).Append(64).Append(131))
        {
            var k = new BatchNormCase(rows, channels);
            foreach (int width in Widths)
            {
                Check(default(Relu), k, width, v => Math.Max(v, 0), y => y > 0 ? 1 : 0);
                Check(default(Identity), k, width, v => v, _ => 1);
                Check(default(Sigmoid), k, width, v => 1 / (1 + Math.Exp(-v)), y => y * (1 - y));
                Check(new LeakyRelu(0.1f), k, width, v => v > 0 ? v : 0.1f * v, y => y > 0 ? 1 : 0.1f);
            }
        }
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        var k = new BatchNormCase(30_001, 24);
        float[] residual = PoolingCase.Values(k.X.Length, 3);
        using WorkerPool serial = WorkerPool.Serial();
        Outcome expected = Outcome.Of(serial, default(Relu), k, residual, NormPlan.BestWidth);
        foreach (int threads in new[] { 2, 3, 8 })
        {
            using var pool = new WorkerPool(threads);
            expected.AssertSame(Outcome.Of(pool, default(Relu), k, residual, NormPlan.BestWidth));
        }
    }

    [Fact]
    public void Outputs_may_replace_inputs()
    {
        var k = new BatchNormCase(30_001, 24);
        float[] residual = PoolingCase.Values(k.X.Length, 3);
        using WorkerPool pool = WorkerPool.Serial();
        Outcome expected = Outcome.Of(pool, default(Relu), k, residual, NormPlan.BestWidth);
        var norm = new ComposedNorm(24);
        NormPlan plan = NormPlan.For(k.Shape, inputs: 3);
        Moments.Run(pool, plan, k.X, norm.Moments);
        float[] y = [.. residual];
        norm.ForwardGiven(pool, plan, default(Relu), k.X, k.Parameters(Epsilon), y, y);
        float[] d = [.. k.Dy];
        float[] dx = new float[k.X.Length];
        norm.Backward(pool, plan, default(Relu), new NormBackwardInputs(k.X, y, d), Epsilon, dx, d);
        expected.AssertSame(new Outcome(y, dx, norm.Dgamma, norm.Dbeta, d, expected.Mean, expected.Variance));
        float[] inPlace = [.. k.Dy];
        float[] other = new float[k.X.Length];
        var inputs = new NormBackwardInputs(k.X, y, inPlace);
        norm.Backward(pool, plan, default(Relu), inputs, Epsilon, inPlace, other);
        expected.AssertSame(new Outcome(y, inPlace, norm.Dgamma, norm.Dbeta, other, expected.Mean, expected.Variance));
    }

    [Fact]
    public void Activations_whose_output_does_not_tell_the_gradient_are_refused()
    {
        Assert.Throws<ArgumentException>(() => FromOutput<LeakyRelu>.Require(new LeakyRelu(-0.5f)));
        Assert.Throws<ArgumentException>(() => FromOutput<Square>.Require(default));
        FromOutput<Elu>.Require(new Elu());
    }

    [Fact]
    public void Nothing_is_allocated_and_slices_are_refused()
    {
        using var pool = new WorkerPool(2);
        var k = new BatchNormCase(2000, 40);
        float[] coefficients = new float[NormCoefficients.Length(40)];
        double[] sums = new double[80];
        float[] y = new float[80_000];
        float[] d = new float[80_000];
        void Run(int rows, int stride)
        {
            Relu g = default;
            var shape = new NormShape(rows, 40, stride);
            var c = new NormCoefficients(coefficients);
            int count = rows * 40;
            ReadOnlySpan<float> x = k.X.AsSpan(0, count);
            Normalize.Run(pool, g, shape, x, c, k.Dy.AsSpan(0, count), y.AsSpan(0, count));
            var inputs = new NormBackwardInputs(x, y.AsSpan(0, count), k.Dy.AsSpan(0, count));
            GradientSums.RunKept(pool, g, shape, inputs, c, sums, d.AsSpan(0, count));
        }

        Assert.Equal(0, Allocations.Least(() => Run(2000, 40)));
        Assert.Contains("dense", Assert.Throws<ArgumentException>(() => Run(1000, 80)).Message);
        sums.AsSpan().Fill(1);
        Run(0, 40);
        Assert.All(sums, v => Assert.Equal(0, v));
    }

    private static void Check<TAct>(
        TAct act,
        BatchNormCase k,
        int width,
        Func<double, double> g,
        Func<double, double> slopeFromY
    )
        where TAct : struct, IActivation
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] residual = PoolingCase.Values(k.X.Length, 3);
        Outcome o = Outcome.Of(pool, act, k, residual, width);
        double[] x = BatchNormCase.Doubles(k.X);
        double[] gamma = BatchNormCase.Doubles(k.Gamma);
        double[] pre = BatchNormReference.Forward(x, gamma, BatchNormCase.Doubles(k.Beta), Epsilon, o.Mean, o.Variance);
        double[] d = [.. k.Dy.Select((v, i) => v * slopeFromY(o.Y[i]))];
        NormGradients expected = BatchNormReference.Backward(x, d, gamma, Epsilon, o.Mean, o.Variance);
        Assert.InRange(BatchNormCase.Error(o.Y, [.. pre.Select((v, i) => g(v + residual[i]))]), 0, Tolerance);
        Assert.InRange(BatchNormCase.Error(o.Dresidual, d), 0, Tolerance);

        // What is summed or cancels is measured against the terms, not against what is left of them.
        double largest = d.Max(Math.Abs) * Math.Sqrt(k.Rows);
        double slope = o.Variance.Max(v => 1.5 / Math.Sqrt(v + Epsilon));
        Assert.InRange(BatchNormCase.Error(o.Dx, expected.Dx), 0, Tolerance * Math.Max(1, slope));
        Assert.InRange(BatchNormCase.Error(o.Dgamma, expected.Dgamma), 0, Tolerance * Math.Max(1, largest));
        Assert.InRange(BatchNormCase.Error(o.Dbeta, expected.Dbeta), 0, Tolerance * Math.Max(1, largest));
    }

    /// <summary>y = x^2: two inputs for one output.</summary>
    private readonly struct Square : IActivation
    {
        public static bool GradientUsesOutput => false;

        TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.Multiply(x, x);

        TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
            TLanes.Multiply(dy, TLanes.Add(inputOrOutput, inputOrOutput));
    }

    private sealed record Outcome(
        float[] Y,
        float[] Dx,
        float[] Dgamma,
        float[] Dbeta,
        float[] Dresidual,
        double[] Mean,
        double[] Variance
    )
    {
        public static Outcome Of<TAct>(WorkerPool pool, TAct act, BatchNormCase k, float[] residual, int width)
            where TAct : struct, IActivation
        {
            NormPlan forward = NormPlan.For(k.Rows, k.Channels, 2) with { Width = width };
            NormPlan backward = NormPlan.For(k.Rows, k.Channels, 3) with { Width = width };
            using var y = new GuardedBuffer<float>(k.X.Length);
            using var dx = new GuardedBuffer<float>(k.X.Length);
            using var dr = new GuardedBuffer<float>(k.X.Length);
            var norm = new ComposedNorm(k.Channels);
            Moments.Run(pool, forward, k.X, norm.Moments);
            norm.ForwardGiven(pool, forward, act, k.X, k.Parameters(Epsilon), residual, y.Span);
            norm.Backward(pool, backward, act, new NormBackwardInputs(k.X, y.Span, k.Dy), Epsilon, dx.Span, dr.Span);
            y.Verify();
            dx.Verify();
            dr.Verify();
            return new Outcome(
                y.Span.ToArray(),
                dx.Span.ToArray(),
                norm.Dgamma,
                norm.Dbeta,
                dr.Span.ToArray(),
                norm.Moments.Mean.ToArray(),
                norm.Variance()
            );
        }

        public void AssertSame(Outcome other)
        {
            Assert.True(Y.AsSpan().SequenceEqual(other.Y));
            Assert.True(Dx.AsSpan().SequenceEqual(other.Dx));
            Assert.True(Dresidual.AsSpan().SequenceEqual(other.Dresidual));
            Assert.Equal(Dgamma, other.Dgamma);
            Assert.Equal(Dbeta, other.Dbeta);
        }
    }
}
