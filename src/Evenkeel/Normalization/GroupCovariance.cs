using Evenkeel.Kernels.Norm;

namespace Evenkeel.Normalization;

/// <summary>Covariances of groups of channels, in the order of <see cref="Whitening"/>: [size, channels].</summary>
internal sealed class GroupCovariance(WhiteningShape shape, double[] values)
{
    /// <summary>The groups.</summary>
    public WhiteningShape Groups { get; } = shape;

    /// <summary>Those of the channels themselves.</summary>
    public double[] Variances =>
        [.. Enumerable.Range(0, Groups.Channels).Select(c => values[(c % Groups.Size * Groups.Channels) + c])];

    /// <summary>Whether all values of a channel are numbers.</summary>
    public bool IsFinite(int channel) =>
        Enumerable.Range(0, Groups.Size).All(i => double.IsFinite(values[(i * Groups.Channels) + channel]));

    /// <summary>Eigenvalues of each group, ascending; NaN of a group that is not finite.</summary>
    public double[][] Eigenvalues()
    {
        double[] matrices = new double[Groups.Values],
            found = new double[Groups.Channels];
        Whitening.Covariances(Groups, values, count: 1, epsilon: 0, matrices);
        Whitening.Eigenvalues(Groups, matrices, found);
        return [.. found.Chunk(Groups.Size)];
    }

    /// <summary>
    /// Root mean square, over pairs of different channels that vary, of the difference of correlations; 0 where there is no such pair.
    /// </summary>
    public double CorrelationGap(GroupCovariance other, double epsilon)
    {
        (double sum, int pairs) = (0, 0);
        double[] own = Variances,
            theirs = other.Variances;
        for (int i = 0; i < Groups.Values; i++)
        {
            int channel = i % Groups.Channels,
                partner = (channel / Groups.Size * Groups.Size) + (i / Groups.Channels);
            if (partner == channel || Math.Min(theirs[channel], theirs[partner]) <= epsilon)
                continue;
            double gap = Correlation(i, own, channel, partner) - other.Correlation(i, theirs, channel, partner);
            sum += gap * gap;
            pairs++;
        }

        return pairs == 0 ? 0 : Math.Sqrt(sum / pairs);
    }

    // A variance of 0 has no correlation.
    private double Correlation(int place, double[] variances, int channel, int partner)
    {
        double product = variances[channel] * variances[partner];
        return product > 0 ? values[place] / Math.Sqrt(product) : 0;
    }
}
