namespace Evenkeel.Diagnostics;

/// <summary>
/// How far two results on the same examples are apart, with what chance makes of it: the mean of the differences example by example.
/// </summary>
/// <param name="Mean">Mean difference.</param>
/// <param name="StandardError">Its standard error: the deviation of the differences over the root of their number.</param>
public readonly record struct PairedDifference(double Mean, double StandardError)
{
    /// <summary>Standard errors that a gain must exceed: by chance alone, one in 740 does.</summary>
    public const double ForGain = 3;

    /// <summary>Standard errors beyond which a change counts as harm: by chance alone, one in 200 does.</summary>
    public const double ForHarm = 2.58;

    /// <summary>The difference in standard errors.</summary>
    public double Errors => Mean / StandardError;

    /// <summary>Of the differences of single examples.</summary>
    internal static PairedDifference Of(IEnumerable<double> differences)
    {
        (int count, double mean, double squares) = (0, 0, 0);
        foreach (double difference in differences)
        {
            // Welford's update: no cancellation, however small the spread is beside the mean.
            double delta = difference - mean;
            mean += delta / ++count;
            squares += delta * (difference - mean);
        }

        return new(mean, count > 1 ? Math.Sqrt(squares / (count - 1.0) / count) : double.PositiveInfinity);
    }
}
