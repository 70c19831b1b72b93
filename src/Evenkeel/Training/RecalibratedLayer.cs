namespace Evenkeel.Training;

/// <summary>What recalibration did to a layer.</summary>
/// <param name="Layer">The batch normalisation.</param>
/// <param name="MeanShift">Root mean square over channels of the change of the mean, in the new standard deviations; NaN after NaN.</param>
/// <param name="VarianceRatio">Median over channels of the new variance by the old.</param>
public sealed record RecalibratedLayer(string Layer, double MeanShift, double VarianceRatio);
