using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reference;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Norm;

public sealed class FrozenBatchNormTests
{
    private const float Epsilon = 1e-3f;

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
        double[] mean = [.. k.Beta.Select(b => b + 0.2)];
        double[] variance = [.. k.Gamma.Select(g => g * 1.7)];
        double[] x = BatchNormCase.Doubles(k.X);
        double[] gamma = BatchNormCase.Doubles(k.Gamma);
        double[] expected = BatchNormReference.Forward(
            x,
            gamma,
            BatchNormCase.Doubles(k.Beta),
            Epsilon,
            mean,
            variance
        );
        Outcome one = Run(default(Relu), k, mean, variance, 1);
        Assert.InRange(BatchNormCase.Error(one.Y, [.. expected.Select(v => Math.Max(v, 0))]), 0, Tolerance);
        double[] d = [.. k.Dy.Select((v, i) => one.Y[i] > 0 ? (double)v : 0)];
        one.Check(FrozenBatchNormReference.Backward(x, d, gamma, Epsilon, mean, variance));
        Outcome soft = Run(default(SoftSign), k, mean, variance, 1);
        d = [.. k.Dy.Select((v, i) => v * Math.Pow(1 - Math.Abs(soft.Y[i]), 2))];
        soft.Check(FrozenBatchNormReference.Backward(x, d, gamma, Epsilon, mean, variance));
        foreach (int threads in new[] { 2, 3, 8 })
            one.CheckSame(Run(default(Relu), k, mean, variance, threads));
    }

    [Fact]
    public void Zero_variance_without_epsilon_gives_beta()
    {
        using var pool = new WorkerPool(1);
        float[] y = new float[4];
        var parameters = new NormParameters([1, 1], [3, 4], 0);
        var moments = new ChannelMoments([5, 6], [0, 0]);
        FrozenBatchNorm.Forward(pool, default(Identity), new NormShape(2, 2), [5, 6, 7, 8], parameters, moments, y);
        Assert.Equal([3, 4, 3, 4], y);
    }

    [Fact]
    public void No_rows_give_zero_parameter_gradients()
    {
        using var pool = new WorkerPool(1);
        float[] dgamma = [5];
        float[] dbeta = [5];
        var none = new NormShape(0, 1);
        var parameters = new NormParameters([1], [1], 0);
        var moments = new ChannelMoments([0], [1]);
        var gradients = new NormGradientOutputs([], dgamma, dbeta);
        FrozenBatchNorm.Forward(pool, default(Relu), none, [], parameters, moments, []);
        FrozenBatchNorm.Backward(pool, default(Relu), none, default, parameters, moments, gradients);
        Assert.Equal(0, dgamma[0]);
        Assert.Equal(0, dbeta[0]);
    }

    private static Outcome Run<TAct>(TAct act, BatchNormCase k, double[] mean, double[] variance, int threads)
        where TAct : struct, IActivation
    {
        using var pool = new WorkerPool(threads);
        var o = new Outcome(new float[k.X.Length], [.. k.Dy], new float[k.Channels], new float[k.Channels]);
        NormParameters parameters = k.Parameters(Epsilon);
        var moments = new ChannelMoments(mean, variance);
        FrozenBatchNorm.Forward(pool, act, k.Shape, k.X, parameters, moments, o.Y);
        FrozenBatchNorm.Backward(
            pool,
            act,
            k.Shape,
            new NormBackwardInputs(k.X, o.Y, o.Dx),
            parameters,
            moments,
            new NormGradientOutputs(o.Dx, o.Dgamma, o.Dbeta)
        );
        return o;
    }

    // dx starts as dy: the gradient is taken in place.
    private sealed record Outcome(float[] Y, float[] Dx, float[] Dgamma, float[] Dbeta)
    {
        public void CheckSame(Outcome other)
        {
            Assert.True(Y.AsSpan().SequenceEqual(other.Y));
            Assert.True(Dx.AsSpan().SequenceEqual(other.Dx));
            Assert.True(Dgamma.AsSpan().SequenceEqual(other.Dgamma));
            Assert.True(Dbeta.AsSpan().SequenceEqual(other.Dbeta));
        }

        public void Check(NormGradients expected)
        {
            Assert.InRange(BatchNormCase.Error(Dx, expected.Dx), 0, Tolerance);
            Assert.InRange(BatchNormCase.Error(Dgamma, expected.Dgamma), 0, Tolerance);
            Assert.InRange(BatchNormCase.Error(Dbeta, expected.Dbeta), 0, Tolerance);
        }
    }
}
