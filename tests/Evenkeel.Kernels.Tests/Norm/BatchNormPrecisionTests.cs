using System.Runtime.InteropServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Norm;

public sealed class BatchNormPrecisionTests
{
    [Theory]
    [InlineData(60, 100)]
    [InlineData(63, 1)]
    [InlineData(40_003, 1)]
    [InlineData(40_003, 17)]
    [InlineData(3000, 256)]
    public void A_constant_channel_gives_exactly_beta(int rows, int channels)
    {
        using var pool = new WorkerPool(2);
        float[] beta = [.. Enumerable.Range(0, channels).Select(c => 0.1f + (c * 0.37f))];
        float[] gamma = [.. Enumerable.Range(0, channels).Select(c => 1e3f / (c + 1))];
        foreach (float value in new[] { 0f, 100f, 0.1f, -3.3f, 1e7f, 1e10f, 1.23e-40f, float.Epsilon, 3e38f })
        {
            foreach (float epsilon in new[] { 0f, 1e-5f })
            {
                float[] x = Enumerable.Repeat(value, rows * channels).ToArray();
                float[] y = new float[x.Length];
                var norm = new ComposedNorm(channels);
                var parameters = new NormParameters(gamma, beta, epsilon);
                norm.Forward(pool, NormPlan.For(rows, channels, inputs: 1), default(Identity), x, parameters, y);
                Assert.All(norm.Moments.Mean.ToArray(), m => Assert.Equal((double)value, m));
                Assert.All(norm.Moments.M2.ToArray(), v => Assert.Equal(0, v));
                for (int i = 0; i < y.Length; i++)
                {
                    if (y[i] != beta[i % channels])
                        Assert.Fail($"{value} with epsilon {epsilon}: y[{i}] = {y[i]}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(10, 1)]
    [InlineData(1e4, 1)]
    [InlineData(1e4, 1e-2)]
    [InlineData(-1e4, 1e-2)]
    [InlineData(1e-3, 1e-7)]
    public void Statistics_and_outputs_hold_far_from_zero(double mean, double std)
    {
        using var pool = new WorkerPool(2);
        var k = new BatchNormCase(5_000, 48, mean, std);
        // Up to 64 roundings of 6e-8 in a block's sums, most of which cancel between blocks.
        CheckStatistics(pool, k, 1e-6);
        NormRun run = NormRun.Of(pool, NormPlan.For(k.Rows, k.Channels, 2), default(Identity), k, 1e-12f);
        double[] x = BatchNormCase.Doubles(k.X);
        double[] gamma = BatchNormCase.Doubles(k.Gamma);
        double epsilon = 1e-12f;
        (double[] m, double[] v) = BatchNormReference.Statistics(k.Rows, k.Channels, x);
        double[] y = BatchNormReference.Forward(x, gamma, BatchNormCase.Doubles(k.Beta), epsilon, m, v);
        Assert.InRange(BatchNormCase.Error(run.Y, y), 0, 1e-6);
        NormGradients g = BatchNormReference.Backward(x, BatchNormCase.Doubles(k.Dy), gamma, epsilon, m, v);
        Assert.InRange(BatchNormCase.Error(run.Dx, g.Dx), 0, 1e-6);
        Assert.InRange(BatchNormCase.Error(run.Dgamma, g.Dgamma), 0, 1e-6);
    }

    [Theory]
    [InlineData(1e3f, 1)]
    [InlineData(1e6f, 1)]
    [InlineData(1e6f, NormPlan.BlockRows)]
    [InlineData(-1e4f, NormPlan.BlockRows)]
    public void An_outlier_where_a_block_begins_does_no_harm(float outlier, int every)
    {
        using var pool = new WorkerPool(2);
        var k = new BatchNormCase(5_000, 64);
        for (int row = 0; row < k.Rows; row += every == 1 ? k.Rows : every)
            k.X.AsSpan(row * k.Channels, k.Channels).Fill(outlier);

        // Up to 64 roundings of 6e-8 in a block's sums; one block may carry the whole variance.
        CheckStatistics(pool, k, 64 * 6e-8);
    }

    [Fact]
    public void Statistics_of_two_to_the_26_values_of_one_channel()
    {
        const int Rows = 1 << 26;
        using var pool = new WorkerPool(2);
        var moments = new ChannelMoments(new double[3]);
        unsafe
        {
            float* x = (float*)NativeMemory.Alloc(Rows, sizeof(float));
            for (int i = 0; i < Rows; i++)
                x[i] = 1e4f + ((unchecked((uint)i * 2_654_435_761u) >> 22) / 1024f);
            Moments.Run(pool, Rows, 1, new ReadOnlySpan<float>(x, Rows), moments);
            NativeMemory.Free(x);
        }

        // An odd multiplier visits each of the 1024 values equally often; single precision holds them all exactly.
        Assert.Equal(Rows, moments.Count);
        Assert.Equal(1e4 + (1023.0 / 2048), moments.Mean[0], 1e-7);
        double exact = ((1024.0 * 1024) - 1) / 12 / (1024.0 * 1024);
        Assert.Equal(1, moments.M2[0] / Rows / exact, 1e-6);
    }

    [Fact]
    public void Not_a_number_stays_in_its_channel()
    {
        using var pool = new WorkerPool(1);
        var k = new BatchNormCase(300, 20);
        NormPlan plan = NormPlan.For(300, 20, 2);
        NormRun clean = NormRun.Of(pool, plan, default(Identity), k, 1e-5f);
        k.X[(100 * 20) + 7] = float.NaN;
        k.X[(200 * 20) + 9] = float.PositiveInfinity;
        NormRun run = NormRun.Of(pool, plan, default(Identity), k, 1e-5f);
        for (int i = 0; i < run.Y.Length; i++)
        {
            if (i % 20 is 7 or 9)
                Assert.True(float.IsNaN(run.Y[i]));
            else
                Assert.Equal(clean.Y[i], run.Y[i]);
        }

        Assert.True(double.IsNaN(run.Variance[7]));
        Assert.True(double.IsNaN(run.Variance[9]));
    }

    [Fact]
    public void A_subnormal_spread_without_epsilon_stays_finite()
    {
        using var pool = new WorkerPool(1);
        float[] x = [.. Enumerable.Range(0, 4096).Select(i => i < 2048 ? float.Epsilon : 2 * float.Epsilon)];
        float[] y = new float[4096];
        float[] one = [1];
        var parameters = new NormParameters(one, one, 0);
        NormPlan plan = NormPlan.For(4096, 1, inputs: 1);
        new ComposedNorm(1).Forward(pool, plan, default(Identity), x, parameters, y);
        Assert.All(y, v => Assert.True(float.IsFinite(v)));
    }

    private static void CheckStatistics(WorkerPool pool, BatchNormCase k, double tolerance)
    {
        var moments = new ChannelMoments(new double[ChannelMoments.Length(k.Channels)]);
        Moments.Run(pool, k.Rows, k.Channels, k.X, moments);
        double[] x = BatchNormCase.Doubles(k.X);
        (double[] exactMean, double[] exactVariance) = BatchNormReference.Statistics(k.Rows, k.Channels, x);
        for (int c = 0; c < k.Channels; c++)
        {
            Assert.InRange((moments.Mean[c] - exactMean[c]) / Math.Sqrt(exactVariance[c]), -tolerance, tolerance);
            Assert.InRange((moments.M2[c] / moments.Count / exactVariance[c]) - 1, -tolerance, tolerance);
        }
    }
}
