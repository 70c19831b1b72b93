using Evenkeel.Diagnostics.Trials;
using static System.FormattableString;

namespace Evenkeel.Diagnostics.Causes;

/// <summary>
/// A diagnosis by what is measured: a cause is looked for only where other statistics do better, and a remedy is recommended only if it was
/// tried and did.
/// </summary>
internal static class LabelledJudgement
{
    // A checkpoint's accuracy is that of its best moment, on other examples.
    private const double MinDrop = 0.02;

    private const string OtherData =
        "if the model was more accurate in training, this data differs from the training data, which statistics cannot repair: train on data like this";

    public static Diagnosis Of(Examination examination)
    {
        var stored = ExampleScores.Stored(examination.Model, examination.Data, examination.Loss, examination.Device);
        var batch = ExampleScores.OfBatches(
            examination.Training,
            examination.Data,
            examination.Loss,
            examination.Device,
            examination.Options.BatchSize
        );
        RemedyTrial ofBatches = batch.Against(stored, "statistics of each batch"),
            recalibrated = RecalibrationTrial.Run(examination, stored);
        bool lost = recalibrated.Outcome == TrialOutcome.Better || ofBatches.Outcome == TrialOutcome.Better;
        CauseFound cause =
            CauseRules.Poisoned(examination.Model)
            ?? (lost ? CauseRules.OfLoss(examination, stored, recalibrated) : WithoutLoss(examination, recalibrated));
        List<RemedyTrial> trials = [recalibrated];
        if (cause.Conversion is { } conversion)
            trials.Add(examination.Try(conversion, stored));
        return Report.Of(examination, cause, Remedy(cause, trials, examination), stored, batch) with
        {
            Trials = trials,
        };
    }

    // Nothing that was tried does better.
    private static CauseFound WithoutLoss(Examination examination, RemedyTrial trial)
    {
        GapEvidence evidence = examination.Evidence;
        if (!(trial.Before.Loss < trial.Guessing))
            return Guessing(evidence, trial);
        if (FellShort(examination, trial) is { } drop)
            return drop;
        if (evidence.Fits)
            return new CauseFound(
                StatisticsCause.None,
                "the stored statistics fit this data in every layer, and those of the data are no better"
            );
        return AsTrained(evidence) is { } trained && trial.Outcome == TrialOutcome.Worse
            ? new CauseFound(
                StatisticsCause.None,
                $"{trained}: the model was trained with the stored statistics; they are not those of this data, and with those of the data the model is worse"
            )
            : new CauseFound(
                StatisticsCause.None,
                Invariant(
                    $"the stored statistics of {evidence.Unfit} are off by {evidence.Gaps.Max(g => g.Size):F2} standard deviations at most, but that costs nothing: those of this data are no better"
                )
            );
    }

    private static CauseFound Guessing(GapEvidence evidence, RemedyTrial trial) =>
        evidence.EntrySize < ShiftRules.MinEntry || evidence.Gaps.All(g => g.Untouched)
            ? new CauseFound(
                StatisticsCause.CannotTell,
                Invariant(
                    $"the loss of {trial.Before.Loss:F2} is no better than guessing ({trial.Guessing:F2}) with any statistics: the network is not trained, or the labels, the order of the classes or the targets are wrong"
                )
            )
            : new CauseFound(
                StatisticsCause.DomainShift,
                Invariant(
                    $"the loss of {trial.Before.Loss:F2} is no better than guessing ({trial.Guessing:F2}) with any statistics, and the stored ones of {evidence.Unfit} do not fit: this data differs from the training data"
                )
            );

    private static CauseFound? FellShort(Examination examination, RemedyTrial trial)
    {
        if (examination.Options.AccuracyInTraining is not { } trained)
            return null;
        double here = trial.Before.Accuracy,
            // Both accuracies are of samples; that of the training is taken to be of as many.
            error = Math.Sqrt(((here * (1 - here)) + (trained * (1 - trained))) / trial.Examples);
        return trained - here > Math.Max(MinDrop, PairedDifference.ForGain * error)
            ? new CauseFound(
                StatisticsCause.DomainShift,
                Invariant(
                    $"accuracy is {100 * here:F2}% here and was {100 * trained:F2}% in training, and no other statistics are better: this data differs from the training data in a way that statistics cannot repair"
                )
            )
            : null;
    }

    // Facts that say what training normalised with; null where there are none.
    private static string? AsTrained(GapEvidence evidence) =>
        Array.TrueForAll(evidence.Gaps, g => g.Untouched) ? "every mean is 0 and every variance 1"
        : Array.TrueForAll(evidence.Norms, NormNodes.IsFrozen) ? "every layer is frozen"
        : null;

    private static string Remedy(CauseFound cause, List<RemedyTrial> trials, Examination examination)
    {
        RemedyTrial recalibrated = trials[0],
            best = trials[^1];
        if (trials.Count > 1 && best.Outcome == TrialOutcome.Better)
            return $"convert them by '{cause.Conversion!.Name}': tried, {best.Figures}";
        if (recalibrated.Outcome == TrialOutcome.Better)
            return $"recalibrate on data of this kind: tried, {recalibrated.Figures}";
        string tried = $"tried, {recalibrated.Figures}";
        return cause.Cause switch
        {
            StatisticsCause.DomainShift or StatisticsCause.CannotTell =>
                $"recalibration will not help ({tried}): undo the change of the data, or train on data like this",
            StatisticsCause.None when recalibrated.Outcome == TrialOutcome.Worse =>
                $"keep the statistics: recalibration makes the model worse ({tried})"
                    + (AsTrained(examination.Evidence) is null ? $"; {OtherData}" : ""),
            StatisticsCause.None when !examination.Evidence.Fits =>
                $"no action is needed: recalibration makes no real difference ({tried}); {OtherData}",
            StatisticsCause.None => $"no action is needed: recalibration makes no real difference ({tried})",
            _ => $"recalibrate on more data: with this data it did not help ({tried})",
        };
    }
}
