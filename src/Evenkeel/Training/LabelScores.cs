namespace Evenkeel.Training;

/// <summary>Which of several labels of an example are right, where a probability above 0.5 says yes and a target above 0.5 is one.</summary>
/// <param name="Each">Share of all labels that are right, in [0, 1].</param>
/// <param name="All">Share of examples of which all labels are right, in [0, 1].</param>
/// <param name="F1">
/// Harmonic mean of precision and recall over all labels of all examples, in [0, 1]; NaN where nothing is a label and none was given.
/// </param>
public readonly record struct LabelScores(double Each, double All, double F1);
