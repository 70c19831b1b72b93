using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Norm;

public sealed class BatchNormTests
{
    private const float Epsilon = 1e-5f;

    // About 30 roundings of single precision (6e-8 each), relative to the largest value of a matrix.
    private const double Tolerance = 2e-6;

    private static readonly int[] Widths = [1, 4, 8, 16];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    public void Matches_the_reference_at_every_tail_and_width(int rows)
    {
        using var pool = new WorkerPool(1);
        foreach (int channels in Lengths.AllTails.Where(c => c > 0).Append(64).Append(100).Append(131))
        {
            var k = new BatchNormCase(rows, channels);
            foreach (int width in Widths)
            {
                NormPlan plan = NormPlan.For(rows, channels, 2) with { Width = width };
                Check(NormRun.Of(pool, plan, default(Identity), k, Epsilon), k, y => y, _ => 1);
                Check(NormRun.Of(pool, plan, default(Relu), k, Epsilon), k, y => Math.Max(y, 0), y => y > 0 ? 1 : 0);
                Check(NormRun.Of(pool, plan, default(SoftSign), k, Epsilon), k, v => v / (1 + Math.Abs(v)), SoftSlope);
            }
        }
    }

    [Theory]
    [InlineData(4099, 1)]
    [InlineData(100_001, 1)]
    [InlineData(30_011, 3)]
    [InlineData(25_088, 64)]
    [InlineData(1001, 97)]
    [InlineData(255, 1001)]
    [InlineData(129, 4099)]
    public void Matches_the_reference_on_large_shapes(int rows, int channels)
    {
        using var pool = new WorkerPool(2);
        var k = new BatchNormCase(rows, channels);
        NormPlan plan = NormPlan.For(rows, channels, 2);
        Check(NormRun.Of(pool, plan, default(Relu), k, Epsilon), k, y => Math.Max(y, 0), y => y > 0 ? 1 : 0);
        Check(NormRun.Of(pool, plan, default(SoftSign), k, Epsilon), k, v => v / (1 + Math.Abs(v)), SoftSlope);
    }

    [Theory]
    [InlineData(50_007, 3)]
    [InlineData(5003, 64)]
    [InlineData(1568, 1024)]
    [InlineData(60, 100)]
    public void Threads_widths_and_ways_of_storing_change_no_bit(int rows, int channels)
    {
        var k = new BatchNormCase(rows, channels);
        NormPlan plan = NormPlan.For(rows, channels, 2);
        using var one = new WorkerPool(1);
        NormRun expected = NormRun.Of(one, plan, default(Relu), k, Epsilon);
        foreach (int threads in new[] { 2, 3, 8 })
        {
            using var pool = new WorkerPool(threads);
            NormRun.AssertSameBits(expected, NormRun.Of(pool, plan, default(Relu), k, Epsilon));
        }

        foreach (int width in Widths)
            NormRun.AssertSameBits(expected, NormRun.Of(one, plan with { Width = width }, default(Relu), k, Epsilon));
        NormRun.AssertSameBits(expected, NormRun.Of(one, plan with { Streaming = true }, default(Relu), k, Epsilon));
    }

    [Theory]
    [InlineData(60, 100, 4)]
    [InlineData(3, 5, 1)]
    [InlineData(7, 3000, 7)]
    [InlineData(100_000, 64, 63)]
    public void A_map_is_cut_small_enough_for_several_threads(int rows, int channels, int chunks)
    {
        NormPlan plan = NormPlan.For(rows, channels, 1).ForMap();
        Assert.Equal(chunks, plan.Chunks);
        Assert.InRange(plan.FoldedRows, ((plan.Chunks - 1) * plan.ChunkRows) + 1, plan.Chunks * plan.ChunkRows);
    }

    [Fact]
    public void Streaming_stores_are_used_for_large_aligned_outputs_and_agree()
    {
        const int Rows = 25_088;
        const int Channels = 64;
        // More than a tenth of any processor's cache.
        Assert.True(NormPlan.For(1 << 24, Channels, 1).Streaming);
        Assert.False(NormPlan.For(60, 100, 1).Streaming);
        NormPlan plan = NormPlan.For(Rows, Channels, 1) with { Streaming = true };
        using var pool = new WorkerPool(2);
        var k = new BatchNormCase(Rows, Channels);
        NormRun streamed = NormRun.Of(pool, plan, default(Relu), k, Epsilon);
        NormRun.AssertSameBits(streamed, NormRun.Of(pool, plan with { Streaming = false }, default(Relu), k, Epsilon));
    }

    [Fact]
    public void A_single_row_gives_the_activation_of_beta_and_no_gradient()
    {
        using var pool = new WorkerPool(1);
        var k = new BatchNormCase(1, 37, 1e4);
        NormRun run = NormRun.Of(pool, NormPlan.For(1, 37, 2), default(Relu), k, Epsilon);
        Assert.Equal(k.Beta.Select(b => Math.Max(b, 0)), run.Y);
        Assert.All(run.Dx, d => Assert.Equal(0, d));
        Assert.All(run.Dgamma, d => Assert.Equal(0, d));
    }

    [Fact]
    public void No_rows_have_no_moments_and_no_gradients()
    {
        using var pool = new WorkerPool(1);
        double[] moments = [7, 7, 8, 8, 9];
        double[] sums = [9, 9, 9, 9];
        var none = new NormShape(0, 2);
        var coefficients = new NormCoefficients(new float[6]);
        Moments.Run(pool, 0, 2, [], new ChannelMoments(moments));
        Normalize.Run(pool, default(Relu), none, [], coefficients, []);
        GradientSums.Run(pool, default(Relu), none, default, coefficients, sums);
        InputGradient.Run(pool, default(Relu), none, default, coefficients, new GradientCoefficients(new float[4]), []);
        Assert.Equal([0, 0, 0, 0, 0], moments);
        Assert.Equal([0, 0, 0, 0], sums);
    }

    [Theory]
    [InlineData(60, 100)]
    [InlineData(70_001, 3)]
    public void Gradients_may_replace_the_output_gradient_in_place(int rows, int channels)
    {
        using var pool = new WorkerPool(2);
        var k = new BatchNormCase(rows, channels);
        NormRun run = NormRun.Of(pool, NormPlan.For(rows, channels, 2), default(Relu), k, Epsilon);
        float[] y = new float[k.X.Length];
        float[] dx = [.. k.Dy];
        var norm = new ComposedNorm(channels);
        norm.Forward(pool, NormPlan.For(k.Shape, inputs: 1), default(Relu), k.X, k.Parameters(Epsilon), y);
        NormPlan plan = NormPlan.ForBackward<Relu>(k.Shape);
        norm.Backward(pool, plan, default(Relu), new NormBackwardInputs(k.X, [], dx), Epsilon, dx);
        Assert.True(run.Dx.AsSpan().SequenceEqual(dx));
        Assert.Equal(run.Dgamma, norm.Dgamma);
        Assert.Equal(run.Dbeta, norm.Dbeta);
    }

    [Fact]
    public void Gradients_sum_to_zero_and_are_orthogonal_to_the_normalised_input()
    {
        using var pool = new WorkerPool(1);
        var k = new BatchNormCase(500, 20);
        NormRun run = NormRun.Of(pool, NormPlan.For(500, 20, 2), default(Identity), k, 0);
        for (int c = 0; c < 20; c++)
        {
            double sum = 0;
            double product = 0;
            for (int i = c; i < k.X.Length; i += 20)
            {
                sum += run.Dx[i];
                product += run.Dx[i] * (k.X[i] - run.Mean[c]) / Math.Sqrt(run.Variance[c]);
            }

            // 500 values near 1 with an error of 1e-7 each, all of one sign at worst.
            Assert.InRange(sum, -1e-4, 1e-4);
            Assert.InRange(product, -1e-4, 1e-4);
        }
    }

    [Fact]
    public void Allocates_nothing_in_steady_state()
    {
        using var pool = new WorkerPool(2);
        var k = new BatchNormCase(2000, 40);
        var (y, dx) = (new float[80_000], new float[80_000]);
        var norm = new ComposedNorm(40);
        NormPlan plan = NormPlan.For(k.Shape, inputs: 2);
        void Step()
        {
            norm.Forward(pool, plan, default(Relu), k.X, k.Parameters(Epsilon), y);
            norm.Backward(pool, plan, default(Relu), new NormBackwardInputs(k.X, [], k.Dy), Epsilon, dx);
        }

        Step();
        Assert.Equal(0, Allocations.Least(() => Step(), calls: 20));
    }

    [Fact]
    public void Bad_sizes_are_refused_by_name()
    {
        using var pool = new WorkerPool(1);
        float[] x = new float[12];
        float[] c = new float[3];
        float[] nine = new float[9];
        double[] moments = new double[7];
        void Forward(int rows, float[] gamma, float epsilon)
        {
            var coefficients = new NormCoefficients(nine);
            coefficients.Set(new NormParameters(gamma, c, epsilon), new ChannelMoments(moments));
            Normalize.Run(pool, default(Relu), new NormShape(rows, 3), x, coefficients, x);
        }

        Assert.Contains("x.Length is 12, but [5, 3]", Assert.Throws<ArgumentException>(() => Forward(5, c, 0)).Message);
        Assert.Contains(
            "Gamma.Length is 2",
            Assert.Throws<ArgumentException>(() => Forward(4, new float[2], 0)).Message
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => Forward(-1, c, 0));
        Assert.Throws<ArgumentException>(() => Forward(4, c, float.NaN));
        float[] shared = new float[15];
        ArgumentException overlap = Assert.Throws<ArgumentException>(() =>
            Normalize.Run(
                pool,
                default(Relu),
                new NormShape(4, 3),
                shared.AsSpan(0, 12),
                new NormCoefficients(nine),
                shared.AsSpan(3, 12)
            )
        );
        Assert.Contains("y overlaps", overlap.Message);
        Assert.Throws<ArgumentException>(() => Moments.Run(pool, 4, 3, x, new ChannelMoments(new double[5])));
        Assert.Throws<ArgumentException>(() => new ChannelMoments(new double[4]).Count);
        Assert.Throws<ArgumentException>(() =>
            GradientSums.Run(
                pool,
                default(Relu),
                new NormShape(4, 3),
                new NormBackwardInputs(x, [], x),
                new NormCoefficients(nine),
                new double[3]
            )
        );
    }

    private static double SoftSlope(double y) => (1 - Math.Abs(y)) * (1 - Math.Abs(y));

    private static void Check(NormRun run, BatchNormCase k, Func<double, double> g, Func<double, double> slopeFromY)
    {
        double[] x = BatchNormCase.Doubles(k.X);
        double[] gamma = BatchNormCase.Doubles(k.Gamma);
        (double[] mean, double[] variance) = BatchNormReference.Statistics(k.Rows, k.Channels, x);
        double[] pre = BatchNormReference.Forward(x, gamma, BatchNormCase.Doubles(k.Beta), Epsilon, mean, variance);
        double[] d = [.. k.Dy.Select((v, i) => v * slopeFromY(run.Y[i]))];
        NormGradients expected = BatchNormReference.Backward(x, d, gamma, Epsilon, mean, variance);
        Assert.InRange(BatchNormCase.Error(run.Y, [.. pre.Select(g)]), 0, Tolerance);

        // What is summed or cancels is measured against the terms, not against what is left of them.
        double largest = d.Max(Math.Abs) * Math.Sqrt(k.Rows);
        double slope = variance.Max(v => 1.5 / Math.Sqrt(v + Epsilon));
        Assert.InRange(BatchNormCase.Error(run.Dx, expected.Dx), 0, Tolerance * Math.Max(1, slope));
        Assert.InRange(BatchNormCase.Error(run.Dgamma, expected.Dgamma), 0, Tolerance * Math.Max(1, largest));
        Assert.InRange(BatchNormCase.Error(run.Dbeta, expected.Dbeta), 0, Tolerance * Math.Max(1, largest));
    }
}
