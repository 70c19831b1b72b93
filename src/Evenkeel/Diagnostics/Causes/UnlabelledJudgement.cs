using static System.FormattableString;

namespace Evenkeel.Diagnostics.Causes;

/// <summary>A diagnosis without labels: no loss can be measured and nothing be tried, so that gaps alone decide.</summary>
internal static class UnlabelledJudgement
{
    // Twice what fits: healthy networks on their own data show gaps up to 0.25, and without a loss nobody knows whether they matter.
    private const double Large = 2;

    public static Diagnosis Of(Examination examination)
    {
        GapEvidence evidence = examination.Evidence;
        CauseFound cause =
            CauseRules.Poisoned(examination.Model)
            ?? (
                evidence.Fits
                    ? new CauseFound(StatisticsCause.None, "the stored statistics fit this data in every layer")
                : Array.Exists(evidence.Gaps, IsLarge) ? CauseRules.OfGap(evidence)
                : Moderate(evidence)
            );
        return Report.Of(examination, cause, Remedy(cause), null, null);
    }

    private static bool IsLarge(StatisticsGap gap) =>
        gap.MeanGap > Large * StatisticsGap.MaxMeanGap
        || Math.Abs(Math.Log(gap.VarianceRatio)) > Large * StatisticsGap.MaxLogRatio;

    private static CauseFound Moderate(GapEvidence evidence) =>
        new(
            StatisticsCause.CannotTell,
            Invariant(
                $"the stored statistics of {evidence.Unfit} are off by {evidence.Gaps.Max(g => g.Size):F2} standard deviations at most, which may cost nothing; without labels no loss can be measured"
            )
        );

    private static string Remedy(CauseFound cause) =>
        cause switch
        {
            { Cause: StatisticsCause.None } => "no action is needed",
            { Cause: StatisticsCause.CannotTell } => "give labelled data, so that recalibration can be tried",
            { Conversion: { } conversion } => $"convert them by '{conversion.Name}'; without labels it was not tried",
            _ => "recalibrate on data of this kind, and judge it by labelled data; without labels it was not tried",
        };
}
