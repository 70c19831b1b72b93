using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class DropoutTests
{
    [Fact]
    public void Registers_and_single_elements_draw_the_same_mask()
    {
        using WorkerPool pool = WorkerPool.Serial();
        var mask = new DropoutMask(0.3f, 7, 11);
        foreach (int length in Lengths.AllTails.Concat([4095, 4096, 4097, 9001]))
        {
            using var x = new GuardedBuffer<float>(Ones(length));
            using var y = new GuardedBuffer<float>(length);
            Dropout.Run(pool, 0.3f, 7, 11, x.Span, y.Span);
            y.Verify();
            for (int i = 0; i < length; i++)
            {
                bool kept = mask.Keeps(mask.Keys(i / DropoutMask.BlockElements), i % DropoutMask.BlockElements);
                Assert.Equal(kept ? 1f / (1f - 0.3f) : 0f, y.Span[i]);
            }
        }
    }

    [Fact]
    public void The_mask_is_the_one_of_every_release()
    {
        // A trained run can be repeated only if masks never change.
        float[] y = new float[24];
        using WorkerPool pool = WorkerPool.Serial();
        Dropout.Run(pool, 0.5f, 1, 2, Ones(24), y);
        Assert.Equal("010100110010000011000111", string.Concat(y.Select(v => v > 0 ? '1' : '0')));
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.4f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void Values_are_dropped_at_the_rate_and_the_mean_is_kept(float rate)
    {
        const int Length = 1_000_000;
        float[] y = new float[Length];
        using WorkerPool pool = WorkerPool.Serial();
        Dropout.Run(pool, rate, 3, 4, Ones(Length), y);

        // Five standard deviations of a binomial distribution.
        double tolerance = 5 * Math.Sqrt(rate * (1 - rate) / Length);
        Assert.InRange(y.Count(v => v == 0) / (double)Length, rate - tolerance, rate + tolerance);
        Assert.InRange(y.Average(v => (double)v), 1 - (tolerance / (1 - rate)), 1 + (tolerance / (1 - rate)));
    }

    [Fact]
    public void Neighbours_blocks_counters_and_seeds_are_uncorrelated()
    {
        const int Length = 1 << 18;
        double[] a = Signs(1, 1, Length);
        double tolerance = 5 / Math.Sqrt(Length);
        foreach (int lag in new[] { 1, 2, 3, 4, 7, 8, 16, 32, 64, 112, 512, 4096, 8192 })
            Assert.InRange(Correlation(a.AsSpan(lag), a.AsSpan(0, Length - lag)), -tolerance, tolerance);
        foreach ((ulong seed, ulong counter) in new (ulong, ulong)[] { (1, 2), (2, 1), (1, 1UL << 32), (1UL << 63, 1) })
            Assert.InRange(Correlation(a, Signs(seed, counter, Length)), -tolerance, tolerance);
    }

    [Fact]
    public void The_gradient_passes_where_the_value_did()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] y = new float[10_001];
        float[] dx = [.. Ones(y.Length).Select((_, i) => (float)i + 1)];
        Dropout.Run(pool, 0.25f, 5, 6, Ones(y.Length), y);
        Dropout.Run(pool, 0.25f, 5, 6, dx, dx);
        Assert.Equal(y.Select((v, i) => v * (i + 1)), dx);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Threads_change_no_bit(int threads)
    {
        float[] x = [.. Enumerable.Range(0, 50_003).Select(i => i / 7f)];
        (float[] a, float[] b) = (new float[x.Length], new float[x.Length]);
        using WorkerPool serial = WorkerPool.Serial();
        using var pool = new WorkerPool(threads);
        Dropout.Run(serial, 0.5f, 8, 9, x, a);
        Dropout.Run(pool, 0.5f, 8, 9, x, b);
        Assert.True(a.AsSpan().SequenceEqual(b));
    }

    [Fact]
    public void A_rate_of_zero_keeps_everything_and_a_dropped_NaN_is_zero()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] x = [.. Enumerable.Range(0, 5000).Select(i => (float)i)];
        float[] y = new float[5000];
        Dropout.Run(pool, 0, 1, 1, x, y);
        Assert.Equal(x, y);
        Array.Fill(x, float.NaN);
        Dropout.Run(pool, 0.5f, 1, 1, x, y);
        Assert.Contains(y, v => v == 0);
        Assert.Contains(y, float.IsNaN);
    }

    [Fact]
    public void Bad_arguments_are_refused_and_nothing_is_allocated()
    {
        using var pool = new WorkerPool(2);
        float[] x = new float[9000];
        Assert.Throws<ArgumentOutOfRangeException>(() => Dropout.Run(pool, 1, 0, 0, x, x));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dropout.Run(pool, -0.1f, 0, 0, x, x));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dropout.Run(pool, float.NaN, 0, 0, x, x));
        Assert.Throws<ArgumentException>(() => Dropout.Run(pool, 0.5f, 0, 0, x, new float[8999]));
        Assert.Throws<ArgumentException>(() => Dropout.Run(pool, 0.5f, 0, 0, x.AsSpan(1), x.AsSpan(0, 8999)));
        Dropout.Run(pool, 0.5f, 0, 0, [], []);
        Assert.Equal(0, Allocations.Least(() => Dropout.Run(pool, 0.5f, 0, 0, x, x)));
    }

    private static float[] Ones(int length)
    {
        float[] ones = new float[length];
        Array.Fill(ones, 1f);
        return ones;
    }

    private static double[] Signs(ulong seed, ulong counter, int length)
    {
        float[] y = new float[length];
        using WorkerPool pool = WorkerPool.Serial();
        Dropout.Run(pool, 0.5f, seed, counter, Ones(length), y);
        return [.. y.Select(v => v > 0 ? 1.0 : -1.0)];
    }

    private static double Correlation(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum / a.Length;
    }
}
