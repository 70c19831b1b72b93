namespace Evenkeel.Diagnostics;

/// <summary>What a row of numbers looks like; least, mean and most are of the finite ones, NaN if there are none.</summary>
/// <param name="Count">How many numbers.</param>
/// <param name="NotFinite">How many are NaN or infinite.</param>
/// <param name="Least">Least finite value.</param>
/// <param name="Mean">Mean of the finite values.</param>
/// <param name="Most">Largest finite value.</param>
public readonly record struct ValueSummary(int Count, int NotFinite, double Least, double Mean, double Most)
{
    /// <summary>Summarises numbers.</summary>
    public static ValueSummary Of(ReadOnlySpan<float> values)
    {
        double least = double.PositiveInfinity,
            most = double.NegativeInfinity,
            sum = 0;
        int finite = 0;
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                continue;
            (least, most, sum) = (Math.Min(least, value), Math.Max(most, value), sum + value);
            finite++;
        }

        return finite == 0
            ? new ValueSummary(values.Length, values.Length, double.NaN, double.NaN, double.NaN)
            : new ValueSummary(values.Length, values.Length - finite, least, sum / finite, most);
    }
}
