using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class ChannelProductTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_row_times_its_examples_factors(int threads)
    {
        using var pool = new WorkerPool(threads);
        foreach (int channels in Lengths.AllTails.Where(n => n > 0))
        {
            const int Examples = 3,
                Positions = 7;
            float[] x = FloatValues.Mixed(Examples * Positions * channels, 1),
                factors = FloatValues.Uniform(Examples * channels, 2f, 2),
                y = new float[x.Length];
            ChannelProduct.Run(pool, Positions, channels, x, factors, y);
            float[] expected =
            [
                .. x.Select((v, i) => v * factors[(i / (Positions * channels) * channels) + (i % channels)]),
            ];
            FloatValues.AssertSame(expected, y, $"{channels} channels");
            ChannelProduct.Run(pool, Positions, channels, x, factors, x);
            FloatValues.AssertSame(expected, x, $"{channels} channels in place");
        }
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() =>
            ChannelProduct.Run(pool, 2, 3, new float[12], new float[3], new float[12])
        );
        Assert.Throws<ArgumentException>(() =>
            ChannelProduct.Run(pool, 2, 3, new float[12], new float[6], new float[6])
        );
    }
}
