using System.Globalization;

namespace Evenkeel.Reporting.Charts;

/// <summary>Numbers as people read them on an axis: 10K, 2.5M, 0.05, 1e-8.</summary>
internal static class NumberText
{
    private const double SmallestPlain = 1e-4;
    private const double LargestSuffixed = 1e15;

    private static readonly (double Unit, string Suffix)[] Suffixes = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "K")];

    /// <summary>How many significant digits are shown at most, where no more are needed to tell numbers apart.</summary>
    public const int Significant = 5;

    /// <summary>Up to <paramref name="significant"/> digits, without needless zeros.</summary>
    public static string Short(double value, int significant = Significant)
    {
        double magnitude = Math.Abs(value);
        if (!double.IsFinite(value))
            return value.ToString(CultureInfo.InvariantCulture);
        if (magnitude == 0)
            return "0";
        if (magnitude is < SmallestPlain or >= LargestSuffixed)
            return value
                .ToString("0.####e+0", CultureInfo.InvariantCulture)
                .Replace("e+", "e", StringComparison.Ordinal);
        foreach ((double unit, string suffix) in Suffixes)
        {
            if (magnitude >= unit)
                return Digits(value / unit, significant) + suffix;
        }
        return Digits(value, significant);
    }

    /// <summary>A coordinate in a drawing: one decimal at most.</summary>
    public static string Coordinate(double value)
    {
        string text = value.ToString("0.#", CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : text;
    }

    private static string Digits(double value, int significant)
    {
        int whole = (int)Math.Floor(Math.Log10(Math.Abs(value))) + 1;
        double rounded = Math.Round(value, Math.Clamp(significant - whole, 0, 15));
        return rounded.ToString("0.###############", CultureInfo.InvariantCulture);
    }
}
