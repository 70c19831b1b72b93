using Evenkeel.Graphs;
using static System.FormattableString;

namespace Evenkeel.Diagnostics.Causes;

/// <summary>Running averages that were made wrongly: too short, too fast, or of batches of a few examples.</summary>
internal static class AveragingRules
{
    private const double FastRate = 0.5;
    private const double MaxShareSpread = 0.2;
    private const double TinyBatch = 8;
    private const double Agreement = 3;

    // Quartiles of normal noise are 1.349 deviations apart.
    private const double Quartiles = 1.349;

    /// <summary>Test statistic: the share of the way from 0 and 1 to the data's statistics, the same in all layers within 0.2.</summary>
    public static CauseFound? TooFewUpdates(GapEvidence evidence)
    {
        (string Name, double Share)[] found =
        [
            .. evidence
                .Norms.Zip(evidence.Gaps, (n, g) => (n.Name, Share: g.Fits ? null : g.ShareOfTheWay()))
                .Where(p => p.Share is not null)
                .Select(p => (p.Name, p.Share!.Value)),
        ];
        // All layers are updated together, so they have all gone the same share of their way.
        bool together =
            2 * found.Length >= evidence.Gaps.Length
            && evidence.Most(found.Length)
            && found.Max(f => f.Share) - found.Min(f => f.Share) < MaxShareSpread;
        return together
            ? new CauseFound(
                StatisticsCause.TooFewUpdates,
                Invariant(
                    $"the running average of {GapEvidence.Name([.. found.Select(f => f.Name)])} has moved {100 * found.Average(f => f.Share):F0} % of the way from its initial values (0 and 1) to the statistics of the data"
                ),
                "train longer, or raise the update rate"
            )
            : null;
    }

    /// <summary>Test statistic: the update rate of half of the layers or more, above one half.</summary>
    public static CauseFound? UpdateRate(GapEvidence evidence)
    {
        Node[] fast = [.. evidence.Norms.Where(n => GapEvidence.RateOf(n) > FastRate)];
        return 2 * fast.Length >= evidence.Norms.Length
            ? new CauseFound(
                StatisticsCause.UpdateRate,
                Invariant(
                    $"the update rate is {GapEvidence.RateOf(fast[0])}: the running average of {GapEvidence.Name([.. fast.Select(n => n.Name)])} is little more than the last batch; PyTorch's momentum is this rate, that of Keras and ONNX is 1 - rate"
                ),
                "train with a rate of 0.1 or less"
            )
            : null;
    }

    /// <summary>
    /// An average of batches of B examples at rate r has means off by sqrt(k / B) deviations with k = r / (2 - r), and variances off at random
    /// by a logarithm of deviation sqrt(2 k / (B - 1)). Test statistic: B from the means and B from the spread of the variances of the entry
    /// layers. Both agree within a factor of 3, are 8 or less on their mean, and the variances are right on the whole.
    /// </summary>
    public static CauseFound? TinyBatches(GapEvidence evidence)
    {
        (double Means, double Variances)[] sizes = [.. evidence.Entry.Select(e => Sizes(e.Norm, e.Gap))];
        double means = Math.Exp(sizes.Average(s => Math.Log(s.Means))),
            variances = Math.Exp(sizes.Average(s => Math.Log(s.Variances))),
            size = Math.Sqrt(means * variances);
        bool right = evidence.Entry.All(e => Math.Abs(Math.Log(e.Gap.VarianceRatio)) <= StatisticsGap.MaxLogRatio);
        return right && size <= TinyBatch && Math.Abs(Math.Log(means / variances)) <= Math.Log(Agreement)
            ? new CauseFound(
                StatisticsCause.TinyBatches,
                Invariant(
                    $"the statistics of the first layers have random errors, in means and variances alike, as large as those of batches of about {Math.Max(1, size):F0} examples"
                ),
                "train with larger batches, or freeze the statistics"
            )
            : null;
    }

    // Infinite sizes stand for no noise at all, as in an average of all batches.
    private static (double Means, double Variances) Sizes(Node norm, StatisticsGap gap)
    {
        if (GapEvidence.RateOf(norm) is not { } rate)
            return (double.PositiveInfinity, double.PositiveInfinity);
        double k = rate / (2 - rate),
            deviation = gap.RatioSpread / Quartiles;
        return (k / (gap.MeanGap * gap.MeanGap), 1 + (2 * k / (deviation * deviation)));
    }
}
