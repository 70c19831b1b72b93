namespace Evenkeel.Training;

/// <summary>How far outputs are from their targets, over all values of all examples.</summary>
/// <param name="MeanAbsolute">Mean of |output - target|.</param>
/// <param name="RootMeanSquared">Root of the mean of (output - target)^2.</param>
/// <param name="RSquared">
/// 1 less the squared errors by the squared distances of the targets from their mean: 1 if all is right, 0 for always giving the mean; NaN where all targets
/// are equal.
/// </param>
public readonly record struct TargetErrors(double MeanAbsolute, double RootMeanSquared, double RSquared);
