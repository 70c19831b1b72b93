using System.Numerics;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Reduction;

public sealed class ChannelMomentsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(33)]
    public void Parts_merge_to_the_moments_of_the_whole(int channels)
    {
        using WorkerPool pool = WorkerPool.Serial();
        var k = new BatchNormCase(500, channels, mean: 1e4, std: 1e-2);
        ChannelMoments merged = New(channels);
        int first = 0;
        foreach (int rows in new[] { 1, 0, 180, 319 })
        {
            ChannelMoments part = New(channels);
            Moments.Run(pool, rows, channels, k.X.AsSpan(first * channels, rows * channels), part);
            merged.Merge(part.Count, part.Mean, part.M2);
            first += rows;
        }

        (double[] mean, double[] variance) = BatchNormReference.Statistics(500, channels, BatchNormCase.Doubles(k.X));
        Assert.Equal(500, merged.Count);
        for (int c = 0; c < channels; c++)
        {
            // A few roundings of single precision in the sums of a block, in units of the deviation.
            Assert.InRange((merged.Mean[c] - mean[c]) / Math.Sqrt(variance[c]), -1e-6, 1e-6);
            Assert.InRange((merged.M2[c] / 500 / variance[c]) - 1, -1e-6, 1e-6);
        }
    }

    [Fact]
    public void Running_statistics_move_by_the_rate_at_every_number_of_channels()
    {
        for (int channels = 0; channels <= (3 * Vector<float>.Count) + 1; channels++)
        {
            ChannelMoments moments = New(channels);
            moments.Count = 6;
            float[] mean = new float[channels],
                variance = new float[channels],
                wantedMean = new float[channels],
                wantedVariance = new float[channels];
            for (int c = 0; c < channels; c++)
            {
                moments.Mean[c] = Math.Sin(c);
                moments.M2[c] = 1 + (0.3 * c);
                mean[c] = c - 1.7f;
                variance[c] = 0.1f * c;
                wantedMean[c] = (float)((0.9 * mean[c]) + (0.1 * moments.Mean[c]));
                wantedVariance[c] = (float)((0.9 * variance[c]) + (0.1 * 1.2 * (moments.M2[c] / 6)));
            }

            moments.MoveInto(0.1, 1.2, mean, variance);
            Assert.Equal(wantedMean, mean);
            Assert.Equal(wantedVariance, variance);
        }

        Assert.Throws<ArgumentException>(() => New(3).MoveInto(0.1, 1, new float[2], new float[3]));
        Assert.Throws<ArgumentException>(() => New(3).MoveInto(0.1, 1, new float[3], new float[4]));
    }

    [Fact]
    public void Merging_is_exact_where_means_are_equal()
    {
        ChannelMoments moments = New(3);
        moments.Count = 7;
        ((double[])[0.1, -3, 1e30]).CopyTo(moments.Mean);
        ((double[])[0.3, 0, 1]).CopyTo(moments.M2);
        moments.Merge(4, [0.1, -3, 1e30], [0.5, 0, 2]);
        Assert.Equal(11, moments.Count);
        Assert.Equal([0.1, -3, 1e30], moments.Mean.ToArray());
        Assert.Equal([0.3 + 0.5, 0, 3], moments.M2.ToArray());
    }

    [Fact]
    public void Known_statistics_have_their_variance()
    {
        ChannelMoments moments = New(2);
        moments.Set([1, 2], [3, 4]);
        Assert.Equal([1, 2], moments.Mean.ToArray());
        Assert.Equal([3, 4], moments.M2.ToArray());
        Assert.Equal(1, moments.Count);
        Assert.Throws<ArgumentException>(() => New(2).Merge(1, [1], [2, 3]));
    }

    // Ranks share their statistics: each normalises and takes gradients by the count of all.
    [Fact]
    public void Gradients_are_divided_by_the_count_that_is_given()
    {
        ChannelMoments moments = New(1);
        moments.Merge(8, [2], [32]);
        var gradient = new GradientCoefficients(new float[2]);
        float[] dgamma = new float[1],
            dbeta = new float[1];
        gradient.Set([6, 10], moments, 0, dgamma, dbeta);
        Assert.Equal(5, dgamma[0]);
        Assert.Equal(6, dbeta[0]);
        Assert.Equal(6f / 8, gradient.MeanGradient[0]);
        Assert.Equal(-5f / 2 / 8, gradient.Slope[0]);
    }

    private static ChannelMoments New(int channels) => new(new double[ChannelMoments.Length(channels)]);
}
