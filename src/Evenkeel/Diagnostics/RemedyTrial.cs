using Evenkeel.Diagnostics.Trials;
using Evenkeel.Ranks;
using Evenkeel.Training;
using static System.FormattableString;

namespace Evenkeel.Diagnostics;

/// <summary>What a change did to an evaluation.</summary>
public enum TrialOutcome
{
    /// <summary>Neither better nor worse by more than chance and enough to matter.</summary>
    Same,

    /// <summary>Better beyond chance, by enough to matter.</summary>
    Better,

    /// <summary>Worse beyond chance.</summary>
    Worse,
}

/// <summary>A model before and after a change, on the same examples with labels or float targets.</summary>
/// <param name="What">What was done, in a few words.</param>
/// <param name="Before">Results as the model is.</param>
/// <param name="After">Results with the change.</param>
/// <param name="Loss">Loss after less loss before, example by example.</param>
/// <param name="Accuracy">Accuracy after less accuracy before, example by example; NaN without class labels.</param>
/// <param name="Guessing">
/// Loss of a model that knows nothing: the logarithm of the number of classes, or the loss of the mean of the targets; infinite for a custom loss.
/// </param>
public sealed record RemedyTrial(
    string What,
    Evaluation Before,
    Evaluation After,
    PairedDifference Loss,
    PairedDifference Accuracy,
    double Guessing
)
{
    /// <summary>A loss that falls by less than this share is no gain that matters.</summary>
    public const double MinLossShare = 0.1;

    /// <summary>Accuracy that rises by less than this is no gain that matters.</summary>
    public const double MinAccuracy = 0.01;

    /// <summary>A loss that rises by less than this share is no harm.</summary>
    public const double HarmlessLossShare = 0.01;

    /// <summary>Examples on which both were judged.</summary>
    public int Examples => Before.Count;

    /// <summary>
    /// Better: accuracy rose, or loss fell, by enough to matter and by more than <see cref="PairedDifference.ForGain"/> standard errors, and
    /// what comes out is of use: better than guessing. Worse: accuracy fell, or a loss better than guessing rose without
    /// accuracy, by more than <see cref="PairedDifference.ForHarm"/>. A loss that is NaN or infinite is worse than any that is not.
    /// </summary>
    public TrialOutcome Outcome
    {
        get
        {
            bool finiteBefore = double.IsFinite(Before.Loss),
                finiteAfter = double.IsFinite(After.Loss);
            if (!finiteBefore || !finiteAfter)
                return finiteBefore == finiteAfter ? TrialOutcome.Same
                    : finiteAfter ? TrialOutcome.Better
                    : TrialOutcome.Worse;
            double accuracy = Accuracy.Errors,
                loss = Loss.Errors;
            bool moreRight =
                    accuracy > PairedDifference.ForGain
                    && Accuracy.Mean >= MinAccuracy
                    && After.Accuracy >= UsefulAccuracy,
                lessLoss =
                    -loss > PairedDifference.ForGain
                    && -Loss.Mean >= MinLossShare * Before.Loss
                    && After.Loss < Guessing,
                fewerRight = -accuracy > PairedDifference.ForHarm,
                moreLoss =
                    loss > PairedDifference.ForHarm
                    && Loss.Mean >= HarmlessLossShare * Before.Loss
                    && Before.Loss < Guessing;
            // Where they contradict each other, the answers given decide: they are what a model is used for.
            if (moreRight || (lessLoss && !fewerRight))
                return TrialOutcome.Better;
            return fewerRight || (moreLoss && !(accuracy >= PairedDifference.ForHarm))
                ? TrialOutcome.Worse
                : TrialOutcome.Same;
        }
    }

    /// <summary>
    /// Loss and, of class labels, accuracy before and after, with their standard errors and the number of examples, in one line.
    /// </summary>
    public string Figures =>
        Invariant($"loss {Before.Loss:F4} to {After.Loss:F4}{LossChange}{AccuracyChange}, {Examples:N0} examples");

    // A tenth of the way from guessing to knowing all.
    private double UsefulAccuracy => Math.Exp(-Guessing) + (0.1 * (1 - Math.Exp(-Guessing)));

    private string LossChange =>
        double.IsFinite(Loss.Mean) ? Invariant($" ({Loss.Mean:+0.0000;-0.0000} ± {Loss.StandardError:F4})") : "";

    private string AccuracyChange =>
        double.IsNaN(After.Accuracy)
            ? ""
            : Invariant(
                $", accuracy {100 * Before.Accuracy:F2}% to {100 * After.Accuracy:F2}% ({100 * Accuracy.Mean:+0.00;-0.00} ± {100 * Accuracy.StandardError:F2})"
            );

    /// <summary>Judges a changed model against the model as it was, both with their stored statistics.</summary>
    /// <param name="before">The model as it was.</param>
    /// <param name="after">The changed one.</param>
    /// <param name="data">Data with labels or float targets.</param>
    /// <param name="what">What was done, in a few words.</param>
    /// <param name="device">The device that computes, or null for <see cref="Device.Default"/>.</param>
    /// <param name="ranks">
    /// Ranks that divide the examples among them and all get the result; null without ranks. Ranks behind the first get that one's models.
    /// </param>
    /// <param name="loss">The loss of the training; null: cross-entropy for class labels, squared error for float targets.</param>
    /// <exception cref="GraphException">The data does not fit the network or the loss.</exception>
    public static RemedyTrial Measure(
        Model before,
        Model after,
        IDataset data,
        string what,
        Device? device = null,
        Communicator? ranks = null,
        Loss? loss = null
    )
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(data);
        loss = Evaluator.LossFor(data, loss);
        DatasetCompatibility.Require(before.Graph, data, loss);
        device ??= Device.Default;
        RankAgreement.Join(ranks, before, data);
        RankAgreement.Join(ranks, after, data);
        return ExampleScores
            .Stored(after, data, loss, device, ranks)
            .Against(ExampleScores.Stored(before, data, loss, device, ranks), what);
    }
}
