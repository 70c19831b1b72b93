using Evenkeel.Layers;
using Evenkeel.Rewrites;
using static System.FormattableString;

namespace Evenkeel.Diagnostics.Causes;

/// <summary>
/// Statistics of another convention. Test statistic: the gap that is left if they are read as that convention has it, by the gap as it
/// stands; at most a third, and small in itself.
/// </summary>
internal static class ConversionRules
{
    private const double MaxLeft = 1.0 / 3;
    private const double SmallGap = 0.3;

    // A factor below 2 is within what averages show.
    private const double MinLogFactor = 0.7;
    private const double CaffesLimit = 1000;
    private const double NearLimit = 0.05;

    /// <summary>Caffe: means and variances times one factor.</summary>
    public static CauseFound? ScaleFactor(GapEvidence evidence)
    {
        double[] logs = [.. evidence.Gaps.SelectMany(g => g.LogRatios)];
        if (logs.Length < 2)
            return null;
        double log = logs.Average();
        double error = Math.Sqrt(logs.Sum(l => (l - log) * (l - log)) / (logs.Length - 1.0) / logs.Length);
        double factor = Math.Exp(log);
        double before = GapEvidence.Rms(evidence.Gaps.Select(g => g.MeanGap)),
            means = GapEvidence.Rms(evidence.Gaps.Select(g => g.MeanGapIf(m => m / factor)));
        bool explained = means <= MaxLeft * before && Left(evidence, m => m / factor, v => v / factor) <= SmallGap;
        if (Math.Abs(log) < MinLogFactor || !explained)
            return null;
        bool caffe = Math.Abs(Math.Log(factor / CaffesLimit)) < NearLimit;
        return new CauseFound(
            StatisticsCause.ScaleFactor,
            Invariant(
                $"every stored mean and variance is {factor:G4} (± {100 * error:F1} %) times that of the data, in all layers alike: a scale factor that was not divided out, as in Caffe's files, where it is the third blob of a BatchNorm layer{(caffe ? " and tends to 1000" : "")}"
            ),
            "where the file gives the factor itself, divide by that",
            new StatisticsConversion.DivideStatistics(caffe ? CaffesLimit : double.Round(factor, 4))
        );
    }

    /// <summary>Deviations for variances, or all variances times one factor.</summary>
    public static CauseFound? Convention(GapEvidence evidence)
    {
        double gap = GapEvidence.Rms(evidence.Gaps.Select(g => g.Size));
        if (gap < StatisticsGap.MaxLogRatio || GapEvidence.Rms(evidence.Gaps.Select(g => g.MeanGap)) > SmallGap)
            return null;
        double epsilon = ((BatchNorm)evidence.Norms[0].Layer).Convention.Epsilon;
        (string Words, Func<double, double> Meaning, StatisticsConversion Conversion)[] readings =
        [
            ("standard deviations", v => v * v, new StatisticsConversion.FromDeviations()),
            (
                "inverse standard deviations",
                v => (1 / (v * v)) - epsilon,
                new StatisticsConversion.FromInverseDeviations()
            ),
        ];
        foreach ((string words, Func<double, double> meaning, StatisticsConversion conversion) in readings)
        {
            if (Left(evidence, m => m, meaning) < MaxLeft * gap)
                return new CauseFound(
                    StatisticsCause.Convention,
                    $"in every layer the stored variances are {words}: the file comes from a system with another convention",
                    "convert them on import",
                    conversion
                );
        }

        return EvenFactor(evidence.Gaps);
    }

    // The gap of means and variances together: means tell a convention of variances from an average that has not got far.
    private static double Left(GapEvidence evidence, Func<double, double> mean, Func<double, double> variance) =>
        GapEvidence.Rms(evidence.Gaps.SelectMany(g => (double[])[g.MeanGapIf(mean), g.VarianceGapIf(variance)]))
        * Math.Sqrt(2);

    private static CauseFound? EvenFactor(StatisticsGap[] gaps)
    {
        double ratio = Math.Exp(gaps.Average(g => Math.Log(g.VarianceRatio)));
        bool even =
            gaps.Length > 1
            && Math.Abs(Math.Log(ratio)) > StatisticsGap.MaxLogRatio
            && Array.TrueForAll(gaps, g => Math.Abs(Math.Log(g.VarianceRatio / ratio)) < 0.1 && g.RatioSpread < 0.2);
        return even
            ? new CauseFound(
                StatisticsCause.Convention,
                Invariant(
                    $"every variance is {ratio:F2} times that of the data, in all layers alike, and the means fit: the variances are divided by m instead of m - 1, or have another scale"
                ),
                "multiply by m / (m - 1) of the training's batches on import"
            )
            : null;
    }
}
