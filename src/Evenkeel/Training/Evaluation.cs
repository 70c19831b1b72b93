using Evenkeel.Training;

namespace Evenkeel;

/// <summary>How a model does on a data set.</summary>
/// <param name="Loss">Mean loss; NaN for data without labels or targets.</param>
/// <param name="Accuracy">Share of examples whose most probable class is the label, in [0, 1]; NaN where there are no class labels, or the output is not a value for each class.</param>
/// <param name="Count">Examples.</param>
public readonly record struct Evaluation(double Loss, double Accuracy, int Count)
{
    /// <summary>Share of examples whose label is among the five most probable classes, in [0, 1]; NaN where there are no class labels.</summary>
    public double TopFive { get; init; }

    /// <summary>How far outputs are from float targets; null where there are none of the output's shape, or they are labels of <see cref="BinaryCrossEntropy"/>.</summary>
    public TargetErrors? Errors { get; init; }

    /// <summary>Which of several labels of an example are right; null unless evaluated by <see cref="BinaryCrossEntropy"/>.</summary>
    public LabelScores? Labels { get; init; }

    /// <summary>What is known without labels: the number of examples.</summary>
    internal static Evaluation Unknown(int count) => new(double.NaN, double.NaN, count) { TopFive = double.NaN };
}
