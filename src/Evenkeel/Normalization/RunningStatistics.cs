using System.Numerics.Tensors;

namespace Evenkeel.Normalization;

/// <summary>
/// A layer's running mean and variance: the moving averages that the paper offers for following accuracy during training
/// (section 3.1). A view over the model's memory.
/// </summary>
/// <param name="mean">Running mean per channel.</param>
/// <param name="variance">Running variance per channel.</param>
/// <param name="batchesTracked">One value: the batches taken in so far.</param>
public readonly ref struct RunningStatistics(Span<float> mean, Span<float> variance, Span<long> batchesTracked)
{
    private readonly Span<float> _mean = mean;
    private readonly Span<float> _variance = variance;
    private readonly Span<long> _batchesTracked = batchesTracked;

    /// <summary>
    /// Takes in one batch by the convention's rule. Leaves everything alone and returns false if the batch has one value per
    /// channel or any of its statistics is NaN or infinite: a bad batch must not poison the average for ever.
    /// </summary>
    /// <param name="convention">Rate and kind of variance.</param>
    /// <param name="count">Values per channel in the batch.</param>
    /// <param name="batchMean">Mean per channel.</param>
    /// <param name="batchVariance">Biased variance per channel.</param>
    public bool TryUpdate(
        BatchNormConvention convention,
        int count,
        ReadOnlySpan<double> batchMean,
        ReadOnlySpan<double> batchVariance
    )
    {
        ArgumentNullException.ThrowIfNull(convention);
        double correction = convention.RunningVariance == RunningVariance.Unbiased ? count / (count - 1.0) : 1;
        if (count < 2 || !AllFinite(batchMean, batchVariance, correction))
            return false;
        long tracked = ++_batchesTracked[0];
        double rate = convention.UpdateRate ?? 1.0 / tracked;
        Blend(_mean, batchMean, 1 - rate, rate);
        Blend(_variance, batchVariance, 1 - rate, rate * correction);
        return true;
    }

    private static void Blend(Span<float> running, ReadOnlySpan<double> batch, double keep, double take)
    {
        batch = batch[..running.Length];
        for (int i = 0; i < running.Length; i++)
            running[i] = (float)((keep * running[i]) + (take * batch[i]));
    }

    // In the precision that is stored: a double that becomes an infinite float is as bad as an infinity. A NaN is the largest
    // magnitude and below nothing.
    private static bool AllFinite(ReadOnlySpan<double> mean, ReadOnlySpan<double> variance, double correction) =>
        TensorPrimitives.MaxMagnitude(mean) <= float.MaxValue
        && TensorPrimitives.MaxMagnitude(variance) * correction <= float.MaxValue;
}
