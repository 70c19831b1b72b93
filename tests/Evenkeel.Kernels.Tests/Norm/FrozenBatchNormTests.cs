using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
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
        float[] means = [.. k.Beta.Select(b => b + 0.2f)];
        float[] variances = [.. k.Gamma.Select(g => g * 1.7f)];
        double[] mean = BatchNormCase.Doubles(means);
        double[] variance = BatchNormCase.Doubles(variances);
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
        Outcome one = Run(default(Relu), k, means, variances, 1);
        Assert.InRange(BatchNormCase.Error(one.Y, [.. expected.Select(v => Math.Max(v, 0))]), 0, Tolerance);
        double[] d = [.. k.Dy.Select((v, i) => one.Y[i] > 0 ? (double)v : 0)];
        one.Check(FrozenBatchNormReference.Backward(x, d, gamma, Epsilon, mean, variance));
        Outcome soft = Run(default(SoftSign), k, means, variances, 1);
        d = [.. k.Dy.Select((v, i) => v * Math.Pow(1 - Math.Abs(soft.Y[i]), 2))];
        soft.Check(FrozenBatchNormReference.Backward(x, d, gamma, Epsilon, mean, variance));
        foreach (int threads in new[] { 2, 3, 8 })
            one.CheckSame(Run(default(Relu), k, means, variances, threads));
    }

    [Fact]
    public void Zero_variance_without_epsilon_gives_beta()
    {
        using var pool = new WorkerPool(1);
        float[] y = new float[4];
        var norm = new ComposedNorm(2);
        norm.Moments.Set([5, 6], [0, 0]);
        NormPlan plan = NormPlan.For(2, 2, inputs: 1);
        norm.ForwardGiven(pool, plan, default(Identity), [5, 6, 7, 8], new NormParameters([1, 1], [3, 4], 0), y);
        Assert.Equal([3, 4, 3, 4], y);
    }

    [Fact]
    public void No_rows_give_no_sums()
    {
        using var pool = new WorkerPool(1);
        double[] sums = [5, 5];
        var none = new NormShape(0, 1);
        var coefficients = new NormCoefficients(new float[3]);
        Normalize.Run(pool, default(Relu), none, [], coefficients, []);
        GradientSums.RunScaled(pool, default(Relu), none, default, coefficients, sums, []);
        Assert.Equal([0, 0], sums);
    }

    private static Outcome Run<TAct>(TAct act, BatchNormCase k, float[] mean, float[] variance, int threads)
        where TAct : struct, IActivation
    {
        using var pool = new WorkerPool(threads);
        float[] y = new float[k.X.Length];
        float[] dx = [.. k.Dy];
        var norm = new ComposedNorm(k.Channels);
        norm.Moments.Set(mean, variance);
        norm.ForwardGiven(pool, NormPlan.For(k.Shape, inputs: 1), act, k.X, k.Parameters(Epsilon), y);
        NormPlan plan = NormPlan.ForBackward<TAct>(k.Shape);
        norm.BackwardFrozen(pool, plan, act, new NormBackwardInputs(k.X, y, dx), Epsilon, dx);
        return new Outcome(y, dx, norm.Dgamma, norm.Dbeta);
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
