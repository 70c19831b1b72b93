using System.Numerics.Tensors;
using Evenkeel.Kernels.Reduction;

namespace Evenkeel.Normalization;

/// <summary>A layer's running mean and covariance. A view over the model's memory.</summary>
/// <param name="mean">Running mean per channel.</param>
/// <param name="covariance">Running covariance of pairs of channels.</param>
/// <param name="batchesTracked">One value: the batches taken in so far.</param>
internal readonly ref struct RunningCovariance(Span<float> mean, Span<float> covariance, Span<long> batchesTracked)
{
    private readonly Span<float> _mean = mean;
    private readonly Span<float> _covariance = covariance;
    private readonly Span<long> _batchesTracked = batchesTracked;

    /// <summary>Takes in one batch as <see cref="RunningStatistics.TryUpdate"/> does, all channels and pairs or none.</summary>
    /// <param name="convention">Rate and kind of variance.</param>
    /// <param name="batch">The moments of the batch.</param>
    /// <param name="pairs">The products of its centred channels, as moments.</param>
    public bool TryUpdate(BatchNormConvention convention, in ChannelMoments batch, in ChannelMoments pairs)
    {
        double count = batch.Count,
            divisor = convention.RunningVariance == RunningVariance.Unbiased ? count - 1 : count;
        if (
            count < 2
            || !(TensorPrimitives.MaxMagnitude<double>(batch.Mean) <= float.MaxValue)
            || !(TensorPrimitives.MaxMagnitude<double>(pairs.M2) / divisor <= float.MaxValue)
        )
            return false;
        long tracked = ++_batchesTracked[0];
        double rate = convention.UpdateRate ?? 1.0 / tracked;
        for (int i = 0; i < _mean.Length; i++)
            _mean[i] = (float)(((1 - rate) * _mean[i]) + (rate * batch.Mean[i]));
        for (int i = 0; i < _covariance.Length; i++)
            _covariance[i] = (float)(((1 - rate) * _covariance[i]) + (rate / divisor * pairs.M2[i]));
        return true;
    }
}
