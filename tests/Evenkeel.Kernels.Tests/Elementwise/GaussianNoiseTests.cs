using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class GaussianNoiseTests
{
    [Fact]
    public void Every_length_gets_the_noise_of_its_indices_on_any_threads()
    {
        ulong stream = GaussianNoise.StreamOf(7, 11);
        foreach (int threads in (int[])[1, 3])
        {
            using var pool = new WorkerPool(threads);
            foreach (int length in Lengths.AllTails.Concat([1023, 1024, 1025, 9001]))
            {
                using var x = new GuardedBuffer<float>([.. Enumerable.Repeat(2f, length)]);
                using var y = new GuardedBuffer<float>(length);
                GaussianNoise.Run(pool, 0.5f, 7, 11, x.Span, y.Span);
                y.Verify();
                for (int i = 0; i < length; i++)
                    Assert.Equal(2f + (0.5f * GaussianNoise.Draw(stream, i)), y.Span[i]);
            }
        }
    }

    // Five standard deviations of each estimate: 1/sqrt(n) of the mean, sqrt(2/n) of the variance, and the kurtosis of twelve uniform numbers, -0.1.
    [Fact]
    public void It_has_mean_0_variance_1_and_nearly_no_kurtosis()
    {
        const int Count = 1_000_000;
        ulong stream = GaussianNoise.StreamOf(3, 4);
        double[] values = [.. Enumerable.Range(0, Count).Select(i => (double)GaussianNoise.Draw(stream, i))];
        double variance = values.Average(v => v * v);
        Assert.InRange(values.Average(), -5e-3, 5e-3);
        Assert.InRange(variance, 1 - 7e-3, 1 + 7e-3);
        Assert.InRange(values.Average(v => v * v * v * v) / (variance * variance), 2.9 - 0.025, 2.9 + 0.025);
    }

    [Fact]
    public void Neighbours_counters_and_seeds_are_uncorrelated()
    {
        const int Count = 1 << 18;
        double[] a = Draws(1, 1, Count);
        double limit = 5 / Math.Sqrt(Count);
        Assert.InRange(Correlation(a, a[1..]), -limit, limit);
        Assert.InRange(Correlation(a, Draws(1, 2, Count)), -limit, limit);
        Assert.InRange(Correlation(a, Draws(2, 1, Count)), -limit, limit);
    }

    [Fact]
    public void A_deviation_below_0_is_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianNoise.Run(pool, -1, 1, 1, new float[2], new float[2]));
    }

    private static double Correlation(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Average();

    private static double[] Draws(ulong seed, ulong counter, int count)
    {
        ulong stream = GaussianNoise.StreamOf(seed, counter);
        return [.. Enumerable.Range(0, count).Select(i => (double)GaussianNoise.Draw(stream, i))];
    }
}
