namespace Evenkeel.Normalization;

/// <summary>How population statistics are estimated (Algorithm 2, line 10).</summary>
public enum PopulationEstimator
{
    /// <summary>
    /// All values of all batches pooled by count, mean and sum of squares: the same whatever the batches' sizes; variance by m - 1
    /// of the pooled count.
    /// </summary>
    Pooled,

    /// <summary>The paper's: E[x] is the mean of the batch means, Var[x] the mean of the unbiased batch variances.</summary>
    Paper,

    /// <summary>The moving average kept during training.</summary>
    Running,
}

/// <summary>Mean and variance of one layer's channels over the population.</summary>
/// <param name="Mean">E[x] per channel.</param>
/// <param name="Variance">Var[x] per channel.</param>
public sealed record ChannelStatistics(double[] Mean, double[] Variance);

/// <summary>Gathers one layer's batch statistics into population statistics.</summary>
public abstract class PopulationAccumulator
{
    /// <summary>Takes in a batch.</summary>
    /// <param name="count">Values per channel; a batch of none is ignored.</param>
    /// <param name="mean">Mean per channel.</param>
    /// <param name="variance">Biased variance per channel.</param>
    public abstract void Add(long count, ReadOnlySpan<double> mean, ReadOnlySpan<double> variance);

    /// <summary>The estimate so far.</summary>
    /// <exception cref="StatisticsException">Too little has been taken in.</exception>
    public abstract ChannelStatistics Estimate();

    /// <summary>An accumulator for <paramref name="channels"/> channels.</summary>
    public static PopulationAccumulator Create(PopulationEstimator estimator, int channels) =>
        estimator switch
        {
            PopulationEstimator.Pooled => new PooledStatistics(channels),
            PopulationEstimator.Paper => new BatchMeanStatistics(channels),
            _ => throw new ArgumentException(
                "The running average is kept by the model, not gathered from batches.",
                nameof(estimator)
            ),
        };
}

/// <summary>(count, mean, M2) per channel, merged by Chan's rule in double.</summary>
public sealed class PooledStatistics(int channels) : PopulationAccumulator
{
    private readonly double[] _mean = new double[channels];
    private readonly double[] _m2 = new double[channels];
    private long _count;

    /// <inheritdoc/>
    public override void Add(long count, ReadOnlySpan<double> mean, ReadOnlySpan<double> variance)
    {
        if (count == 0)
            return;
        double total = _count + count;
        for (int i = 0; i < _mean.Length; i++)
        {
            double delta = mean[i] - _mean[i];
            _mean[i] += delta * (count / total);
            _m2[i] += (variance[i] * count) + (delta * delta * (_count * (count / total)));
        }

        _count += count;
    }

    /// <inheritdoc/>
    public override ChannelStatistics Estimate() =>
        _count >= 2
            ? new ChannelStatistics([.. _mean], [.. _m2.Select(m2 => m2 / (_count - 1))])
            : throw new StatisticsException($"{_count} value(s) per channel do not make a variance; use more data.");
}

/// <summary>The paper's estimator: averages of batch means and of unbiased batch variances, each batch counting alike.</summary>
public sealed class BatchMeanStatistics(int channels) : PopulationAccumulator
{
    private readonly double[] _mean = new double[channels];
    private readonly double[] _variance = new double[channels];
    private long _batches;

    /// <inheritdoc/>
    public override void Add(long count, ReadOnlySpan<double> mean, ReadOnlySpan<double> variance)
    {
        if (count < 2)
            return;
        double correction = count / (count - 1.0);
        for (int i = 0; i < _mean.Length; i++)
        {
            _mean[i] += mean[i];
            _variance[i] += variance[i] * correction;
        }

        _batches++;
    }

    /// <inheritdoc/>
    public override ChannelStatistics Estimate() =>
        _batches > 0
            ? new ChannelStatistics([.. _mean.Select(m => m / _batches)], [.. _variance.Select(v => v / _batches)])
            : throw new StatisticsException("No batch had two values per channel; use larger batches.");
}
