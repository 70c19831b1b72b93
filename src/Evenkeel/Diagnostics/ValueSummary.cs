namespace Evenkeel.Diagnostics;

/// <summary>What a row of numbers looks like; minimum, mean and maximum are of the finite ones, NaN if there are none.</summary>
/// <param name="Count">How many numbers.</param>
/// <param name="NotFinite">How many are NaN or infinite.</param>
/// <param name="Min">Smallest finite value.</param>
/// <param name="Mean">Mean of the finite values.</param>
/// <param name="Max">Largest finite value.</param>
public readonly record struct ValueSummary(int Count, int NotFinite, double Min, double Mean, double Max)
{
    /// <summary>Summarises numbers.</summary>
    public static ValueSummary Of(ReadOnlySpan<float> values)
    {
        double min = double.PositiveInfinity,
            max = double.NegativeInfinity,
            sum = 0;
        int finite = 0;
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                continue;
            (min, max, sum) = (Math.Min(min, value), Math.Max(max, value), sum + value);
            finite++;
        }

        return finite == 0
            ? new ValueSummary(values.Length, values.Length, double.NaN, double.NaN, double.NaN)
            : new ValueSummary(values.Length, values.Length - finite, min, sum / finite, max);
    }
}
