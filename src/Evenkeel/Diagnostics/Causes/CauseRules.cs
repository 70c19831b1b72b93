using Evenkeel.Diagnostics.Trials;
using Evenkeel.Layers;
using Evenkeel.Rewrites;
using static System.FormattableString;

namespace Evenkeel.Diagnostics.Causes;

/// <summary>From gaps to a cause. The rules are asked in order, the most telling first; what none explains is called stale.</summary>
internal static class CauseRules
{
    // The right epsilon repairs all; a large one only softens wrong statistics, and recalibration does better.
    private const double MaxBeside = 1.05;

    // Of other systems: PyTorch, ONNX and Flax use 1e-5, Keras 1e-3.
    private static readonly float[] CommonEpsilons = [1e-3f, 1e-5f, 1e-2f, 1e-4f];

    /// <summary>Layers whose stored statistics no data has; null if there are none.</summary>
    public static CauseFound? Poisoned(Model model)
    {
        string[] bad =
        [
            .. NormNodes
                .Of(model.Graph)
                .Where(n => !StatisticsGap.IsSound(BatchNormTensors.Of(model, n)))
                .Select(n => n.Name),
        ];
        return bad.Length > 0
            ? new CauseFound(
                StatisticsCause.Poisoned,
                $"the stored statistics of {GapEvidence.Name(bad)} contain NaN, infinity or impossible values",
                "look for the training batch that caused them, or skip such batches in training"
            )
            : null;
    }

    /// <summary>The cause of a loss that was measured.</summary>
    /// <param name="examination">The model on its data.</param>
    /// <param name="stored">Scores with stored statistics.</param>
    /// <param name="recalibrated">What recalibration reaches.</param>
    public static CauseFound OfLoss(Examination examination, ExampleScores stored, RemedyTrial recalibrated) =>
        ByForm(examination.Evidence)
        ?? AnotherEpsilon(examination, stored, MaxBeside * recalibrated.After.Loss)
        ?? ShiftRules.DomainShift(examination.Evidence)
        ?? ShiftRules.SortedData(examination.Evidence, examination.Training, examination.Data, examination.Device)
        ?? AveragingRules.TinyBatches(examination.Evidence)
        ?? Stale(examination.Evidence);

    /// <summary>The cause of a gap where no loss can be measured.</summary>
    public static CauseFound OfGap(GapEvidence evidence) =>
        ByForm(evidence) ?? ShiftRules.DomainShift(evidence) ?? AveragingRules.TinyBatches(evidence) ?? Stale(evidence);

    private static CauseFound? ByForm(GapEvidence evidence) =>
        (evidence.Converts ? ConversionRules.ScaleFactor(evidence) ?? ConversionRules.Convention(evidence) : null)
        ?? AveragingRules.TooFewUpdates(evidence)
        ?? AveragingRules.UpdateRate(evidence);

    // Another epsilon leaves the first statistics as they are and shows behind them. The right one leaves no gap; that a gap costs less
    // with another epsilon says nothing of its cause.
    private static CauseFound? AnotherEpsilon(Examination examination, ExampleScores stored, double mostLoss)
    {
        if (examination.Evidence.Fits || !examination.Evidence.Converts)
            return null;
        float now = ((BatchNorm)examination.Evidence.Norms[0].Layer).Convention.Epsilon;
        (StatisticsConversion.ReplaceEpsilon Conversion, double Loss)? best = null;
        foreach (float epsilon in CommonEpsilons.Where(e => e != now))
        {
            var conversion = new StatisticsConversion.ReplaceEpsilon(epsilon);
            RemedyTrial trial = examination.Try(conversion, stored);
            bool better = trial.Outcome == TrialOutcome.Better && trial.After.Loss < (best?.Loss ?? mostLoss);
            if (better && examination.After(conversion).Fits)
                best = (conversion, trial.After.Loss);
        }

        return best is { } found
            ? new CauseFound(
                StatisticsCause.Epsilon,
                Invariant(
                    $"with eps {found.Conversion.Epsilon:G3} instead of {now:G3} all statistics fit: the model was trained with another eps"
                ),
                null,
                found.Conversion
            )
            : null;
    }

    private static CauseFound Stale(GapEvidence evidence) =>
        new(
            StatisticsCause.Stale,
            Invariant(
                $"the stored statistics are not those of these weights on this data, and no known fault explains it (the first layers are off by {evidence.EntrySize:F2} standard deviations, later layers by {evidence.InnerSize:F2}): the running average lagged behind when training ended, the weights were averaged or changed later, or the batches were few or small"
            ),
            "measure statistics after the last change of weights"
        );
}
