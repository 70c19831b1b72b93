using System.Numerics;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Reduction;

/// <summary>
/// What is known of the values of each channel: their count m, their mean, and M2, the sum of their squared deviations from
/// it. The biased variance is M2 / m. Known statistics, as running ones, are a triple of count 1 whose M2 is the variance.
/// </summary>
public readonly ref struct ChannelMoments
{
    private readonly Span<double> _count;

    /// <summary>A view of one block of memory: all means, then all M2, then the count.</summary>
    /// <param name="values">2 * channels + 1 values.</param>
    /// <exception cref="ArgumentException">The number of values is even.</exception>
    public ChannelMoments(Span<double> values)
        : this(values[..(values.Length / 2)], values[(values.Length / 2)..^1], values[^1..])
    {
        if (values.Length % 2 == 0)
            throw new ArgumentException($"{values.Length} values are no count with a mean and an M2 per channel.");
    }

    private ChannelMoments(Span<double> mean, Span<double> m2, Span<double> count)
    {
        _count = count;
        Mean = mean;
        M2 = m2;
    }

    /// <summary>Values per channel.</summary>
    public ref double Count => ref _count[0];

    /// <summary>[channels].</summary>
    public Span<double> Mean { get; }

    /// <summary>[channels]: sums of squared deviations from the mean.</summary>
    public Span<double> M2 { get; }

    /// <summary>The biased variances of all channels.</summary>
    public double[] Variances()
    {
        double[] variances = new double[Mean.Length];
        for (int i = 0; i < variances.Length; i++)
            variances[i] = Variance(i);
        return variances;
    }

    /// <summary>The biased variance of a channel; 0 where there are no values.</summary>
    public double Variance(int channel) => M2[channel] / Math.Max(1, Count);

    /// <summary>The doubles that the moments of <paramref name="channels"/> channels take.</summary>
    public static int Length(int channels) => (2 * channels) + 1;

    /// <summary>The moments of some of the channels; the count is shared.</summary>
    public ChannelMoments Slice(int channel, int channels) =>
        new(Mean.Slice(channel, channels), M2.Slice(channel, channels), _count);

    /// <summary>Sets the moments of no values.</summary>
    public void Clear()
    {
        Count = 0;
        Mean.Clear();
        M2.Clear();
    }

    /// <summary>Sets known statistics.</summary>
    /// <param name="mean">[channels].</param>
    /// <param name="variance">[channels].</param>
    public void Set(ReadOnlySpan<float> mean, ReadOnlySpan<float> variance)
    {
        Count = 1;
        for (int c = 0; c < Mean.Length; c++)
        {
            Mean[c] = mean[c];
            M2[c] = variance[c];
        }
    }

    /// <summary>
    /// Moves running statistics towards these: each becomes 1 - rate times itself and rate times what was measured, in double precision.
    /// </summary>
    /// <param name="rate">The share of these moments, 0 to 1.</param>
    /// <param name="correction">What the biased variances are multiplied by first.</param>
    /// <param name="mean">[channels], changed in place.</param>
    /// <param name="variance">[channels], changed in place.</param>
    /// <exception cref="ArgumentException">A vector does not have one value per channel.</exception>
    public void MoveInto(double rate, double correction, Span<float> mean, Span<float> variance)
    {
        if (mean.Length != Mean.Length || variance.Length != Mean.Length)
            throw new ArgumentException(
                $"{mean.Length} and {variance.Length} values do not fit {Mean.Length} channels."
            );
        DoubleLanes kept = DoubleLanes.Splat(1 - rate),
            share = DoubleLanes.Splat(rate),
            spread = DoubleLanes.Splat(rate * correction),
            count = DoubleLanes.Splat(Math.Max(1, Count));
        for (int c = 0; c < mean.Length; c += DoubleLanes.Count)
        {
            ((kept * DoubleLanes.Load(mean, c)) + (share * DoubleLanes.Load(Mean, c))).Store(mean, c);
            DoubleLanes measured = spread * (DoubleLanes.Load(M2, c) / count);
            ((kept * DoubleLanes.Load(variance, c)) + measured).Store(variance, c);
        }
    }

    /// <summary>Takes in the moments of other values by the rule of Chan, Golub and LeVeque (1979). Exact where both means are equal.</summary>
    /// <param name="count">How many they are; with 0 nothing changes.</param>
    /// <param name="mean">[channels].</param>
    /// <param name="m2">[channels].</param>
    /// <exception cref="ArgumentException">A vector does not have one value per channel.</exception>
    public unsafe void Merge(double count, ReadOnlySpan<double> mean, ReadOnlySpan<double> m2)
    {
        if (mean.Length != Mean.Length || m2.Length != Mean.Length)
            throw new ArgumentException($"{mean.Length} and {m2.Length} values were given for {Mean.Length} channels.");
        if (count == 0)
            return;
        double before = Count,
            total = before + count;
        fixed (double* own = Mean)
        fixed (double* ownM2 = M2)
        fixed (double* other = mean)
        fixed (double* otherM2 = m2)
        {
            int c = 0;
            for (; c + Vector<double>.Count <= mean.Length; c += Vector<double>.Count)
            {
                Vector<double> old = Vector.Load(own + c),
                    delta = Vector.Load(other + c) - old,
                    spread = delta * delta * before * count / new Vector<double>(total);
                (old + (delta * count / new Vector<double>(total))).Store(own + c);
                (Vector.Load(ownM2 + c) + (Vector.Load(otherM2 + c) + spread)).Store(ownM2 + c);
            }

            for (; c < mean.Length; c++)
            {
                double delta = other[c] - own[c];
                own[c] += delta * count / total;
                ownM2[c] += otherM2[c] + (delta * delta * before * count / total);
            }
        }

        Count = total;
    }

    internal void Check(int channels)
    {
        if (Mean.Length != channels)
            throw new ArgumentException($"Moments of {Mean.Length} channels were given for {channels}.");
    }
}
