using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;

namespace Evenkeel.Normalization;

/// <summary>Mean and covariance of all batches together, merged as <see cref="ChannelMoments.Merge"/> merges moments.</summary>
internal sealed class PooledCovariance(WhiteningShape shape)
{
    private readonly double[] _mean = new double[shape.Channels];
    private readonly double[] _products = new double[shape.Values];
    private double _count;

    /// <summary>Doubles of the moments of a batch and of its pairs of channels.</summary>
    public int Length => ChannelMoments.Length(shape.Channels) + ChannelMoments.Length(shape.Values);

    /// <summary>E[x] per channel.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Takes in a batch: its moments, then those of its pairs.</summary>
    public void Add(Span<double> values)
    {
        int own = ChannelMoments.Length(shape.Channels);
        ChannelMoments moments = new(values[..own]),
            pairs = new(values[own..]);
        double count = moments.Count,
            total = _count + count;
        if (count == 0)
            return;
        for (int i = 0; i < _products.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, shape.Channels);
            int other = (column / shape.Size * shape.Size) + row;
            double between = (moments.Mean[column] - _mean[column]) * (moments.Mean[other] - _mean[other]);
            _products[i] += pairs.M2[i] + (between * _count * count / total);
        }

        for (int c = 0; c < _mean.Length; c++)
            _mean[c] += (moments.Mean[c] - _mean[c]) * count / total;
        _count = total;
    }

    /// <summary>The unbiased covariance of a pair of channels, by its place in the table.</summary>
    public double Covariance(int place) => _products[place] / Math.Max(1, _count - 1);

    /// <summary>All of them.</summary>
    public GroupCovariance Covariances() => new(shape, [.. Enumerable.Range(0, _products.Length).Select(Covariance)]);
}
