using Evenkeel.Kernels.Reduction;

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
internal abstract class PopulationAccumulator
{
    /// <summary>Takes in the moments of a batch; one of no values is ignored.</summary>
    public abstract void Add(in ChannelMoments batch);

    /// <summary>Whether there is an estimate.</summary>
    public abstract bool IsEnough { get; }

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

/// <summary>The moments of all batches together.</summary>
internal sealed class PooledStatistics(int channels) : PopulationAccumulator
{
    private readonly double[] _moments = new double[ChannelMoments.Length(channels)];

    /// <inheritdoc/>
    public override bool IsEnough => new ChannelMoments(_moments).Count >= 2;

    /// <inheritdoc/>
    public override void Add(in ChannelMoments batch) =>
        new ChannelMoments(_moments).Merge(batch.Count, batch.Mean, batch.M2);

    /// <inheritdoc/>
    public override ChannelStatistics Estimate()
    {
        var moments = new ChannelMoments(_moments);
        double count = moments.Count;
        return IsEnough
            ? new ChannelStatistics(moments.Mean.ToArray(), [.. moments.M2.ToArray().Select(m2 => m2 / (count - 1))])
            : throw new StatisticsException($"{count} value(s) per channel do not make a variance; use more data.");
    }
}

/// <summary>The paper's estimator: averages of batch means and of unbiased batch variances, each batch counting alike.</summary>
internal sealed class BatchMeanStatistics(int channels) : PopulationAccumulator
{
    private readonly double[] _mean = new double[channels];
    private readonly double[] _variance = new double[channels];
    private long _batches;

    /// <inheritdoc/>
    public override bool IsEnough => _batches > 0;

    /// <inheritdoc/>
    public override void Add(in ChannelMoments batch)
    {
        if (batch.Count < 2)
            return;
        double correction = batch.Count / (batch.Count - 1);
        for (int i = 0; i < _mean.Length; i++)
        {
            _mean[i] += batch.Mean[i];
            _variance[i] += batch.Variance(i) * correction;
        }

        _batches++;
    }

    /// <inheritdoc/>
    public override ChannelStatistics Estimate() =>
        IsEnough
            ? new ChannelStatistics([.. _mean.Select(m => m / _batches)], [.. _variance.Select(v => v / _batches)])
            : throw new StatisticsException("No batch had two values per channel; use larger batches.");
}
