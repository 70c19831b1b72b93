using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;

namespace Evenkeel.Kernels.Tests.Norm;

/// <summary>Moments of the rows that a mask counts, against sums in double.</summary>
public sealed class MaskedMomentsTests
{
    [Fact]
    public void They_are_those_of_the_rows_that_count()
    {
        var random = new Random(1);
        for (int rows = 0; rows <= 20; rows++)
        {
            int channels = random.Next(1, 20);
            float[] x = [.. Enumerable.Range(0, rows * channels).Select(_ => 100 + random.NextSingle())];
            float[] mask = [.. Enumerable.Range(0, rows).Select(_ => (float)random.Next(2))];
            double[] found = new double[ChannelMoments.Length(channels)];
            Moments.Run(channels, x, mask, new ChannelMoments(found));
            int[] counted = [.. Enumerable.Range(0, rows).Where(r => mask[r] != 0)];
            Assert.Equal(counted.Length, found[^1]);
            for (int c = 0; c < channels; c++)
            {
                double[] values = [.. counted.Select(r => (double)x[(r * channels) + c])];
                double mean = values.DefaultIfEmpty(0).Average();
                Assert.Equal(mean, found[c], 1e-12 * 100);
                Assert.Equal(values.Sum(v => (v - mean) * (v - mean)), found[channels + c], 1e-10);
            }
        }
    }

    [Fact]
    public void Sizes_must_fit()
    {
        double[] moments = new double[ChannelMoments.Length(3)];
        Assert.Throws<ArgumentException>(() => Moments.Run(3, new float[5], new float[2], new ChannelMoments(moments)));
        Assert.Throws<ArgumentException>(() => Moments.Run(2, new float[4], new float[2], new ChannelMoments(moments)));
    }
}
