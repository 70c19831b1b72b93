using Evenkeel.Diagnostics.Trials;

namespace Evenkeel.Diagnostics.Causes;

/// <summary>Puts a diagnosis together.</summary>
internal static class Report
{
    public static Diagnosis Of(
        Examination examination,
        CauseFound cause,
        string remedy,
        ExampleScores? stored,
        ExampleScores? batch
    ) =>
        new(
            cause.Cause,
            cause.Text,
            cause.Prevention is { } prevention ? $"{remedy}; {prevention}" : remedy,
            [
                .. examination.Evidence.Norms.Zip(
                    examination.Evidence.Gaps,
                    (n, g) =>
                        new LayerGap(n.Name, g.MeanGap, g.VarianceRatio, g.Fits) { CorrelationGap = g.CorrelationGap }
                ),
            ],
            stored?.Summary() ?? Evaluation.Unknown(examination.Data.Count),
            batch?.Summary() ?? Evaluation.Unknown(examination.Data.Count)
        )
        {
            Conversion = cause.Conversion,
        };
}
