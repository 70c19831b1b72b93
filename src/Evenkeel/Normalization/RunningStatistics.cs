using System.Numerics.Tensors;
using Evenkeel.Kernels.Reduction;

namespace Evenkeel.Normalization;

/// <summary>
/// A layer's running mean and variance: the moving averages that the paper offers for following accuracy during training
/// (section 3.1). A view over the model's memory.
/// </summary>
/// <param name="mean">Running mean per channel.</param>
/// <param name="variance">Running variance per channel.</param>
/// <param name="batchesTracked">One value: the batches taken in so far.</param>
internal readonly ref struct RunningStatistics(Span<float> mean, Span<float> variance, Span<long> batchesTracked)
{
    private readonly Span<float> _mean = mean;
    private readonly Span<float> _variance = variance;
    private readonly Span<long> _batchesTracked = batchesTracked;

    /// <summary>
    /// Takes in one batch by the convention's rule. Leaves everything alone and returns false if the batch has one value per
    /// channel or any of its statistics is NaN or infinite: a bad batch must not poison the average for ever.
    /// </summary>
    /// <param name="convention">Rate and kind of variance.</param>
    /// <param name="batch">The moments of the batch.</param>
    public bool TryUpdate(BatchNormConvention convention, in ChannelMoments batch)
    {
        ArgumentNullException.ThrowIfNull(convention);
        double count = batch.Count;
        double correction = convention.RunningVariance == RunningVariance.Unbiased ? count / (count - 1) : 1;
        if (count < 2 || !AllFinite(batch, correction))
            return false;
        long tracked = ++_batchesTracked[0];
        batch.MoveInto(convention.UpdateRate ?? 1.0 / tracked, correction, _mean, _variance);
        return true;
    }

    // In the precision that is stored: a double that becomes an infinite float is as bad as an infinity. A NaN is the largest
    // magnitude and below nothing.
    private static bool AllFinite(in ChannelMoments batch, double correction) =>
        TensorPrimitives.MaxMagnitude<double>(batch.Mean) <= float.MaxValue
        && TensorPrimitives.MaxMagnitude<double>(batch.M2) / batch.Count * correction <= float.MaxValue;
}
