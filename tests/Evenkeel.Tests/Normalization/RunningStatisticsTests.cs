using Evenkeel.Normalization;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Normalization;

public sealed class RunningStatisticsTests
{
    private readonly float[] _mean = [1, 2];
    private readonly float[] _variance = [4, 5];
    private readonly long[] _tracked = [0];

    [Theory]
    [InlineData(RunningVariance.Unbiased, 8.0 / 7)]
    [InlineData(RunningVariance.Biased, 1)]
    public void One_batch_moves_the_average_by_the_rate(RunningVariance kind, double correction)
    {
        var convention = new BatchNormConvention { RunningVariance = kind, UpdateRate = 0.3 };
        Assert.True(Update(convention, 8, [10, -3], [2, 0.5]));
        Assert.Equal([(float)((0.7 * 1) + (0.3 * 10)), (float)((0.7 * 2) + (0.3 * -3))], _mean);
        Assert.Equal((0.7 * 4) + (0.3 * 2 * correction), _variance[0], 1e-6);
        Assert.Equal((0.7 * 5) + (0.3 * 0.5 * correction), _variance[1], 1e-6);
        Assert.Equal(1, _tracked[0]);
    }

    [Fact]
    public void Without_a_rate_all_batches_count_alike()
    {
        var convention = new BatchNormConvention { UpdateRate = null, RunningVariance = RunningVariance.Biased };
        double[] means = [3, 5, 10, -2];
        foreach (double mean in means)
            Assert.True(Update(convention, 4, [mean, 2 * mean], [mean * mean, 1]));
        // A rounding to float per batch.
        Assert.Equal(means.Average(), _mean[0], 2e-6);
        Assert.Equal(2 * means.Average(), _mean[1], 2e-6);
        Assert.Equal(means.Average(m => m * m), _variance[0], 1e-5);
        Assert.Equal(1, _variance[1], 1e-6);
        Assert.Equal(4, _tracked[0]);
    }

    [Fact]
    public void A_rate_of_one_keeps_only_the_last_batch()
    {
        Assert.True(Update(new BatchNormConvention { UpdateRate = 1 }, 2, [7, 8], [1, 2]));
        Assert.Equal([7f, 8f], _mean);
        Assert.Equal([2f, 4f], _variance);
    }

    [Theory]
    [InlineData(double.NaN, 1, 1, 1)]
    [InlineData(1, double.PositiveInfinity, 1, 1)]
    [InlineData(1, 1, double.NaN, 1)]
    [InlineData(1, 1, 1, double.PositiveInfinity)]
    [InlineData(1, 1e39, 1, 1)]
    [InlineData(1, 1, 3.2e38, 1)]
    public void A_batch_that_is_not_finite_as_floats_is_refused_whole(
        double mean0,
        double mean1,
        double var0,
        double var1
    )
    {
        // 3.2e38 is a float, but not times 8 / 7.
        Assert.False(Update(BatchNormConvention.Default, 8, [mean0, mean1], [var0, var1]));
        Unchanged();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void One_value_or_none_is_refused(int count)
    {
        Assert.False(
            Update(BatchNormConvention.Default with { RunningVariance = RunningVariance.Biased }, count, [1, 1], [0, 0])
        );
        Unchanged();
    }

    private void Unchanged()
    {
        Assert.Equal([1f, 2f], _mean);
        Assert.Equal([4f, 5f], _variance);
        Assert.Equal(0, _tracked[0]);
    }

    private bool Update(BatchNormConvention convention, int count, double[] mean, double[] variance) =>
        new RunningStatistics(_mean, _variance, _tracked).TryUpdate(convention, Samples.Moments(count, mean, variance));
}
