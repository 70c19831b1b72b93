namespace Evenkeel.Diagnostics;

/// <summary>How far one layer's stored statistics are from those of the data.</summary>
/// <param name="Layer">The batch normalisation, or the layer that whitens.</param>
/// <param name="MeanGap">Root mean square over channels of the difference of means, in the data's own standard deviations.</param>
/// <param name="VarianceRatio">Median over channels of stored variance by the data's.</param>
/// <param name="Fits">Whether all are within what a good running average shows.</param>
public sealed record LayerGap(string Layer, double MeanGap, double VarianceRatio, bool Fits)
{
    /// <summary>
    /// Root mean square, over pairs of channels that are whitened together, of stored less measured correlation; null of batch normalisation.
    /// </summary>
    public double? CorrelationGap { get; init; }
}
