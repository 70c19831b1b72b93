using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Norm;

public sealed class RenormCorrectionsTests
{
    private const float Epsilon = 1e-3f;
    private const int Rows = 40;
    private const int Channels = 19;

    // About 30 roundings of single precision.
    private const double Tolerance = 2e-6;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1.2, 0.3)]
    [InlineData(100, 100)]
    public void Values_and_gradients_are_those_of_constant_corrections(double rMax, double dMax)
    {
        var k = new BatchNormCase(Rows, Channels);
        using WorkerPool pool = WorkerPool.Serial();
        var run = new Run(pool, k, rMax, dMax);
        double[] x = BatchNormCase.Doubles(k.X),
            gamma = BatchNormCase.Doubles(k.Gamma),
            y = Forward(x, gamma, run);
        Assert.InRange(BatchNormCase.Error(run.Y, y), 0, Tolerance);
        double[] dx = [.. x.Select((_, i) => Slope(x, i, v => Dot(k.Dy, Forward(v, gamma, run))))],
            dgamma = [.. gamma.Select((_, c) => Slope(gamma, c, v => Dot(k.Dy, Forward(x, v, run))))];
        Assert.InRange(BatchNormCase.Error(run.Dx, dx), 0, Tolerance);
        Assert.InRange(BatchNormCase.Error(run.Dgamma, dgamma), 0, Tolerance);
    }

    [Fact]
    public void Inside_the_bounds_the_running_statistics_normalise()
    {
        var k = new BatchNormCase(Rows, Channels);
        using WorkerPool pool = WorkerPool.Serial();
        var run = new Run(pool, k, 1000, 1000);
        var norm = new ComposedNorm(Channels);
        norm.Moments.Set(run.Mean, run.Variance);
        float[] y = new float[k.X.Length];
        norm.ForwardGiven(pool, NormPlan.For(k.Shape, 1), default(Identity), k.X, k.Parameters(Epsilon), y);
        Assert.InRange(BatchNormCase.Error(run.Y, BatchNormCase.Doubles(y)), 0, Tolerance);
    }

    [Fact]
    public void Bounds_of_1_and_0_change_no_bit()
    {
        var k = new BatchNormCase(Rows, Channels);
        using WorkerPool pool = WorkerPool.Serial();
        var run = new Run(pool, k, 1, 0);
        NormRun plain = NormRun.Of(pool, NormPlan.For(k.Shape, 2), default(Identity), k, Epsilon);
        Assert.True(plain.Y.AsSpan().SequenceEqual(run.Y));
        Assert.True(plain.Dx.AsSpan().SequenceEqual(run.Dx));
        Assert.Equal(plain.Dgamma, run.Dgamma);
    }

    [Fact]
    public void A_running_deviation_of_nothing_is_bounded()
    {
        var corrections = new RenormCorrections(new float[4]);
        ChannelMoments batch = new(new double[5]);
        batch.Set([1, float.NaN], [4, 1]);
        corrections.Set(batch, [0, 0], [0, 1], 0, 3, 5);
        Assert.Equal(1 / 3f, corrections.R[0]);
        Assert.Equal(0, corrections.D[0]);
        Assert.True(float.IsNaN(corrections.D[1]));
        Assert.Throws<ArgumentException>(() => new RenormCorrections(new float[3]).R.Length);
    }

    private static double[] Forward(double[] x, double[] gamma, Run run)
    {
        (double[] mean, double[] variance) = BatchNormReference.Statistics(Rows, Channels, x);
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int c = i % Channels;
            double normalized = (x[i] - mean[c]) * BatchNormReference.InverseStd(variance[c], Epsilon);
            y[i] = (gamma[c] * ((normalized * run.R[c]) + run.D[c])) + run.Beta[c];
        }

        return y;
    }

    private static double Slope(double[] values, int i, Func<double[], double> f)
    {
        const double H = 1e-5;
        double[] above = [.. values],
            below = [.. values];
        above[i] += H;
        below[i] -= H;
        return (f(above) - f(below)) / (2 * H);
    }

    private static double Dot(float[] weights, double[] y) => y.Select((v, i) => v * weights[i]).Sum();

    // One pass forward and one back, with running statistics that differ from channel to channel.
    private sealed class Run
    {
        public Run(WorkerPool pool, BatchNormCase k, double rMax, double dMax)
        {
            Beta = k.Beta;
            Mean = [.. k.Beta.Select(b => b + 0.4f)];
            Variance = [.. k.Gamma.Select(g => g * g * 3)];
            var moments = new ChannelMoments(new double[ChannelMoments.Length(Channels)]);
            var coefficients = new NormCoefficients(new float[NormCoefficients.Length(Channels)]);
            var gradient = new GradientCoefficients(new float[GradientCoefficients.Length(Channels)]);
            var corrections = new RenormCorrections(new float[RenormCorrections.Length(Channels)]);
            Moments.Run(pool, Rows, Channels, k.X, moments);
            coefficients.Set(k.Parameters(Epsilon), moments);
            corrections.Set(moments, Mean, Variance, Epsilon, rMax, dMax);
            corrections.Apply(k.Parameters(Epsilon), moments, coefficients);
            Normalize.Run(pool, default(Identity), k.Shape, k.X, coefficients, Y);
            double[] sums = new double[2 * Channels];
            var inputs = new NormBackwardInputs(k.X, default, k.Dy);
            GradientSums.Run(pool, default(Identity), k.Shape, inputs, coefficients, sums);
            gradient.Set(sums, moments, Epsilon, Dgamma, new float[Channels]);
            corrections.ApplyToGradient(sums, Dgamma);
            InputGradient.Run(pool, default(Identity), k.Shape, inputs, coefficients, gradient, Dx);
            (R, D) = (corrections.R.ToArray(), corrections.D.ToArray());
        }

        public float[] Beta { get; }

        public float[] Mean { get; }

        public float[] Variance { get; }

        public float[] R { get; }

        public float[] D { get; }

        public float[] Y { get; } = new float[Rows * Channels];

        public float[] Dx { get; } = new float[Rows * Channels];

        public float[] Dgamma { get; } = new float[Channels];
    }
}
