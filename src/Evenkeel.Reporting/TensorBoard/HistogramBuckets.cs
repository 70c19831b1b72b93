using Evenkeel.Reporting.TensorBoard.Messages;

namespace Evenkeel.Reporting.TensorBoard;

/// <summary>
/// Counts values in TensorBoard's default buckets: limits that grow by 10 % from 1e-12 to 1e20, on both sides of zero. Bucket b holds
/// the values from limit b-1 (inclusive) to limit b (exclusive).
/// </summary>
internal sealed class HistogramBuckets
{
    private const double Smallest = 1e-12;
    private const double Largest = 1e20;
    private const double Growth = 1.1;

    private static readonly double[] Limits = MakeLimits();

    private readonly long[] counts = new long[Limits.Length];
    private double minimum;
    private double maximum;
    private double sum;
    private double sumOfSquares;

    /// <summary>How many finite values were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts <paramref name="values"/> afresh; NaN and infinities are left out.</summary>
    public void Fill(ReadOnlySpan<float> values)
    {
        Array.Clear(counts);
        (Count, sum, sumOfSquares) = (0, 0, 0);
        (minimum, maximum) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                continue;
            counts[BucketOf(value)]++;
            Count++;
            sum += value;
            sumOfSquares += (double)value * value;
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
        }
    }

    /// <summary>Writes the counts into <paramref name="message"/>; runs of empty buckets become one.</summary>
    public void CopyTo(HistogramProto message)
    {
        (message.Min, message.Max, message.Num) = (minimum, maximum, Count);
        (message.Sum, message.SumSquares) = (sum, sumOfSquares);
        message.BucketLimit.Clear();
        message.Bucket.Clear();
        int i = 0;
        while (i < counts.Length)
        {
            double limit = Limits[i];
            long count = counts[i];
            i++;
            while (count == 0 && i < counts.Length && counts[i] == 0)
            {
                limit = Limits[i];
                i++;
            }
            message.BucketLimit.Add(limit);
            message.Bucket.Add(count);
        }
    }

    private static int BucketOf(double value)
    {
        int found = Array.BinarySearch(Limits, value);
        return found >= 0 ? found + 1 : ~found;
    }

    private static double[] MakeLimits()
    {
        var positive = new List<double>();
        for (double limit = Smallest; limit < Largest; limit *= Growth)
            positive.Add(limit);
        positive.Add(double.MaxValue);
        return [.. positive.AsEnumerable().Reverse().Select(limit => -limit), 0, .. positive];
    }
}
