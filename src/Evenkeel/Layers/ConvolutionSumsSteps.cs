using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>The gradient of a convolution's input, and the sums of <see cref="BatchGradientSums"/> of the normalisation that made x, taken of dx while it is made.</summary>
internal sealed record ConvolutionGradientSums(ConvolutionGradientToInput Gradient, NormBackward Norm, BufferId Sums)
    : Step(Gradient.Layer, Norm.ReadsBeside(Gradient), [Gradient.DX.Buffer, Sums])
{
    /// <inheritdoc/>
    public override double Operations(int batch) => Gradient.Operations(batch);
}

/// <summary>The same with those of <see cref="ResidualGradientSums"/>: d takes the place of dx.</summary>
internal sealed record ConvolutionResidualSums(ConvolutionGradientToInput Gradient, NormBackward Norm, BufferId Sums)
    : Step(Gradient.Layer, Norm.ReadsBeside(Gradient), [Gradient.DX.Buffer, Sums])
{
    /// <inheritdoc/>
    public override double Operations(int batch) => Gradient.Operations(batch);
}
