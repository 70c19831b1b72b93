namespace Evenkeel;

/// <summary>How a model does on a data set.</summary>
/// <param name="Loss">Mean loss; NaN for data without labels or targets.</param>
/// <param name="Accuracy">Share of examples whose most probable class is the label, in [0, 1]; NaN where there are no class labels.</param>
/// <param name="Count">Examples.</param>
public readonly record struct Evaluation(double Loss, double Accuracy, int Count)
{
    /// <summary>Share of examples whose label is among the five most probable classes, in [0, 1]; NaN where there are no class labels.</summary>
    public double TopFive { get; init; }

    /// <summary>How far outputs are from float targets; null where there are none, or they are labels of <see cref="BinaryCrossEntropy"/>.</summary>
    public TargetErrors? Errors { get; init; }

    /// <summary>Which of several labels of an example are right; null unless evaluated by <see cref="BinaryCrossEntropy"/>.</summary>
    public LabelScores? Labels { get; init; }

    /// <summary>What is known without labels: the number of examples.</summary>
    internal static Evaluation Unknown(int count) => new(double.NaN, double.NaN, count) { TopFive = double.NaN };
}

/// <summary>How far outputs are from their targets, over all values of all examples.</summary>
/// <param name="MeanAbsolute">Mean of |output - target|.</param>
/// <param name="RootMeanSquared">Root of the mean of (output - target)^2.</param>
/// <param name="RSquared">
/// 1 less the squared errors by the squared distances of the targets from their mean: 1 if all is right, 0 for always giving the mean; NaN where all targets
/// are equal.
/// </param>
public readonly record struct TargetErrors(double MeanAbsolute, double RootMeanSquared, double RSquared);

/// <summary>Which of several labels of an example are right, where a probability above 0.5 says yes and a target above 0.5 is one.</summary>
/// <param name="Each">Share of all labels that are right, in [0, 1].</param>
/// <param name="All">Share of examples of which all labels are right, in [0, 1].</param>
/// <param name="F1">
/// Harmonic mean of precision and recall over all labels of all examples, in [0, 1]; NaN where nothing is a label and none was given.
/// </param>
public readonly record struct LabelScores(double Each, double All, double F1);
