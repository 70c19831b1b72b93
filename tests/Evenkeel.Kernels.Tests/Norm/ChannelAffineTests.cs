using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reference;
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
            float[] dscale = new float[channels];
            float[] dshift = new float[channels];
            ChannelAffine.Forward(pool, default(Relu), k.Shape, k.X, k.Gamma, k.Beta, y);
            ChannelAffine.Backward(
                pool,
                default(Relu),
                k.Shape,
                new NormBackwardInputs(k.X, [], k.Dy),
                k.Gamma,
                k.Beta,
                new NormGradientOutputs(dx, dscale, dshift)
            );
            double[] d = [.. k.Dy.Select((v, i) => y[i] > 0 ? (double)v : 0)];
            NormGradients g = ChannelAffineReference.Backward(x, d, scale);
            Assert.InRange(BatchNormCase.Error(y, [.. expected.Select(v => Math.Max(v, 0))]), 0, Tolerance);
            Assert.InRange(BatchNormCase.Error(dx, g.Dx), 0, Tolerance);
            Assert.InRange(BatchNormCase.Error(dscale, g.Dgamma), 0, Tolerance);
            Assert.InRange(BatchNormCase.Error(dshift, g.Dbeta), 0, Tolerance);
        }
    }

    [Fact]
    public void Identity_coefficients_change_no_bit()
    {
        using var pool = new WorkerPool(1);
        float[] x = [0f, -0f, 1e-45f, 3e38f, -2.5f, float.PositiveInfinity];
        float[] y = new float[6];
        ChannelAffine.Forward(pool, default(Identity), new NormShape(6, 1), x, [1], [-0f], y);
        Assert.Equal(x.Select(BitConverter.SingleToInt32Bits), y.Select(BitConverter.SingleToInt32Bits));
    }
}
