using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Norm;

public sealed class ChannelAffineTests
{
    // As for batch statistics: about 30 roundings of single precision.
    private const double Tolerance = 2e-6;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 49)]
    [InlineData(60, 100)]
    [InlineData(40_003, 3)]
    [InlineData(9001, 64)]
    public void Matches_the_reference(int rows, int channels)
    {
        var k = new BatchNormCase(rows, channels);
        double[] x = BatchNormCase.Doubles(k.X);
        double[] scale = BatchNormCase.Doubles(k.Gamma);
        double[] expected = ChannelAffineReference.Forward(x, scale, BatchNormCase.Doubles(k.Beta));
        foreach (int threads in new[] { 1, 2, 8 })
        {
            using var pool = new WorkerPool(threads);
            float[] y = new float[k.X.Length];
            float[] dx = new float[k.X.Length];
            double[] sums = new double[2 * channels];
            var coefficients = new NormCoefficients(k.Gamma, k.Beta);
            Normalize.Run(pool, default(Relu), k.Shape, k.X, coefficients, y);
            var inputs = new NormBackwardInputs(k.X, [], k.Dy);
            GradientSums.RunScaled(pool, default(Relu), k.Shape, inputs, coefficients, sums, dx);
            double[] d = [.. k.Dy.Select((v, i) => y[i] > 0 ? (double)v : 0)];
            NormGradients g = ChannelAffineReference.Backward(x, d, scale);
            Assert.InRange(BatchNormCase.Error(y, [.. expected.Select(v => Math.Max(v, 0))]), 0, Tolerance);
            Assert.InRange(BatchNormCase.Error(dx, g.Dx), 0, Tolerance);
            Assert.InRange(Error(sums.AsSpan(channels), g.Dgamma), 0, Tolerance);
            Assert.InRange(Error(sums.AsSpan(0, channels), g.Dbeta), 0, Tolerance);
        }
    }

    [Fact]
    public void Identity_coefficients_change_no_bit()
    {
        using var pool = new WorkerPool(1);
        float[] x = [0f, -0f, 1e-45f, 3e38f, -2.5f, float.PositiveInfinity];
        float[] y = new float[6];
        Normalize.Run(
            pool,
            default(Identity),
            new NormShape(6, 1),
            x,
            new NormCoefficients(new float[] { 1 }, new float[] { -0f }),
            y
        );
        Assert.Equal(x.Select(BitConverter.SingleToInt32Bits), y.Select(BitConverter.SingleToInt32Bits));
    }

    private static double Error(ReadOnlySpan<double> actual, double[] expected) =>
        BatchNormCase.Error([.. actual.ToArray().Select(v => (float)v)], expected);
}
