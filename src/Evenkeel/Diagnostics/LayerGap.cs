namespace Evenkeel.Diagnostics;

/// <summary>How far one layer's stored statistics are from those of the data.</summary>
/// <param name="Layer">The batch normalisation.</param>
/// <param name="MeanGap">Root mean square over channels of the difference of means, in the data's own standard deviations.</param>
/// <param name="VarianceRatio">Median over channels of stored variance by the data's.</param>
/// <param name="Fits">Whether both are within what a good running average shows.</param>
public sealed record LayerGap(string Layer, double MeanGap, double VarianceRatio, bool Fits);
