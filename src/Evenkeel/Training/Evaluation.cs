using Evenkeel.Training;

namespace Evenkeel;

/// <summary>Loss and accuracy of a model on a data set.</summary>
/// <param name="Loss">Mean loss; NaN for data without labels or targets.</param>
/// <param name="Accuracy">
/// Share of labels that are the most probable class, in [0, 1]: of examples, or of all positions that have a label. NaN without class labels, or if
/// the output is not one value per class.
/// </param>
/// <param name="Count">Number of examples.</param>
public readonly record struct Evaluation(double Loss, double Accuracy, int Count)
{
    /// <summary>Share of labels that are among the five most probable classes, in [0, 1]; NaN where there are no class labels.</summary>
    public double TopFive { get; init; }

    /// <summary>
    /// Errors of the outputs for float targets of the output's shape; null without them, and for <see cref="BinaryCrossEntropy"/>.
    /// </summary>
    public TargetErrors? Errors { get; init; }

    /// <summary>Scores for several labels per example; null unless the loss is <see cref="BinaryCrossEntropy"/>.</summary>
    public LabelScores? Labels { get; init; }

    /// <summary>What is known without labels: the number of examples.</summary>
    internal static Evaluation Unknown(int count) => new(double.NaN, double.NaN, count) { TopFive = double.NaN };
}
