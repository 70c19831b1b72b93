using Evenkeel.Diagnostics;
using Evenkeel.Diagnostics.Causes;
using Evenkeel.Diagnostics.Trials;
using Evenkeel.Normalization;
using Evenkeel.Training;
using static System.FormattableString;

namespace Evenkeel;

/// <summary>
/// Runs a model on the same data with batch statistics, as in training, and with its stored statistics, as in use. Tries remedies for a
/// difference, and names its cause.
/// </summary>
public static class BatchNormDiagnosis
{
    /// <summary>
    /// The fewest examples for a diagnosis: the mean of n examples is off by 1 / sqrt(n) standard deviations by chance, and gaps of 0.15
    /// must be seen.
    /// </summary>
    public const int MinExamples = 45;

    /// <summary>Diagnoses a model, without changing it.</summary>
    /// <param name="model">The model; without batch normalisation and layers that whiten there is nothing to diagnose.</param>
    /// <param name="data">
    /// Data like that in use, some hundred examples or more. Without labels or float targets no loss can be measured and no remedy tried: only the
    /// distance between stored and measured statistics decides.
    /// </param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="device">The device that computes, or null for <see cref="Device.Default"/>.</param>
    /// <exception cref="GraphException">The data does not fit the network.</exception>
    public static Diagnosis Diagnose(
        this Model model,
        IDataset data,
        DiagnosisOptions? options = null,
        Device? device = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        DatasetCompatibility.RequireInputs(model.Graph, data);
        bool judged = data.Classes > 0 || data is ITargetDataset;
        if (judged)
            DatasetCompatibility.Require(model.Graph, data, Evaluator.LossFor(data, options?.Loss));
        if (Unexamined(model, data) is { } obvious)
            return obvious;
        using Model training = Examination.AsInTraining(model);
        try
        {
            var examination = Examination.Of(
                model,
                training,
                data,
                device ?? Device.Default,
                options ?? new DiagnosisOptions()
            );
            if (Unmeasured(examination.Evidence, data) is { } text)
                return WithoutFigures(data, StatisticsCause.CannotTell, text);
            return judged ? LabelledJudgement.Of(examination) : UnlabelledJudgement.Of(examination);
        }
        catch (StatisticsException e)
        {
            return WithoutFigures(data, StatisticsCause.CannotTell, (e.Message, "give other data"));
        }
    }

    // What is known before anything is run, or why nothing can be.
    private static Diagnosis? Unexamined(Model model, IDataset data)
    {
        if (NormNodes.Of(model.Graph).Length == 0)
            return WithoutFigures(
                data,
                StatisticsCause.None,
                ("the network has no batch normalisation, so there is nothing to diagnose", "no action is needed")
            );
        if (StoredStatistics.Missing(model.Graph, "diagnose") is { } missing)
            return WithoutFigures(
                data,
                StatisticsCause.CannotTell,
                (missing, "use the stored statistics (inferWith \"running\") and diagnose those")
            );
        if (WeightCheck.NotFinite(model) is { } weight)
            return WithoutFigures(
                data,
                StatisticsCause.NotFiniteWeights,
                (
                    $"the weights are damaged: {weight}",
                    "go back to an earlier checkpoint: no statistics repair a weight, so do not recalibrate"
                )
            );
        if (TooLittle(data) is not { } little)
            return null;
        return CauseRules.Poisoned(model) is { } poisoned
            ? WithoutFigures(
                data,
                poisoned.Cause,
                (poisoned.Text, $"recalibrate on more data than this ({little.Text})")
            )
            : WithoutFigures(data, StatisticsCause.CannotTell, little);
    }

    private static (string Text, string Remedy)? TooLittle(IDataset data)
    {
        string needed = Invariant($"give {MinExamples} examples or more, better some hundreds, like those in use");
        if (data.Count < MinExamples)
        {
            string count = data.Count == 1 ? "one example" : Invariant($"{data.Count} examples");
            return (
                Invariant(
                    $"{count} cannot distinguish a gap of statistics from chance: means of so few examples are off by {1 / Math.Sqrt(data.Count):F2} standard deviations by chance, and gaps of {StatisticsGap.MaxMeanGap} must be seen"
                ),
                needed
            );
        }

        return ExampleBatches.Vary(data)
            ? null
            : (Invariant($"all {data.Count:N0} examples are the same, so they have no variance"), needed);
    }

    private static (string Text, string Remedy)? Unmeasured(GapEvidence evidence, IDataset data)
    {
        if (evidence.Norms.Zip(evidence.Gaps).FirstOrDefault(p => !p.Second.Measured).First is { } broken)
            return (
                $"layer '{broken.Name}' gets NaN or infinity from this data, although all weights are numbers",
                $"look for NaN or huge values in '{data.Name}'"
            );
        return Array.Exists(evidence.Gaps, g => g.Varies)
            ? null
            : ("every channel of every normalisation is constant on this data", "give data that varies");
    }

    private static Diagnosis WithoutFigures(IDataset data, StatisticsCause cause, (string Text, string Remedy) words) =>
        new(cause, words.Text, words.Remedy, [], Evaluation.Unknown(data.Count), Evaluation.Unknown(data.Count));
}
