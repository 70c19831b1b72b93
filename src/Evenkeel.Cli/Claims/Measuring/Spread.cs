using System.Globalization;

namespace Evenkeel.Cli.Claims.Measuring;

/// <summary>A figure over several seeds.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The deviation of a single run (divided by n - 1); 0 for one run.</param>
/// <param name="Count">The number of runs.</param>
internal readonly record struct Spread(double Mean, double Deviation, int Count)
{
    /// <summary>The spread of one figure or more.</summary>
    public static Spread Of(params IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        double squares = all.Sum(v => (v - mean) * (v - mean));
        return new Spread(mean, all.Length > 1 ? Math.Sqrt(squares / (all.Length - 1)) : 0, all.Length);
    }

    /// <summary>
    /// Whether the mean lies above another's by more than <paramref name="least"/>, and by more than twice the standard error of the difference.
    /// </summary>
    public bool IsAbove(Spread other, double least = 0) =>
        Mean - other.Mean > Math.Max(least, 2 * Math.Sqrt(Variance + other.Variance));

    /// <summary>As a percentage with its deviation, such as "97.1 ± 0.2 %".</summary>
    public string Percent() => string.Create(CultureInfo.InvariantCulture, $"{100 * Mean:F1} ± {100 * Deviation:F1} %");

    /// <summary>As a number with its deviation.</summary>
    public string Number(string format = "G3") =>
        Count > 1
            ? $"{Mean.ToString(format, CultureInfo.InvariantCulture)} ± {Deviation.ToString(format, CultureInfo.InvariantCulture)}"
            : Mean.ToString(format, CultureInfo.InvariantCulture);

    // Of the mean.
    private double Variance => Deviation * Deviation / Count;
}
