using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>The gradient of a convolution's input, and sums that the normalisation which made x needs, taken of dx while it is made.</summary>
internal abstract record ConvolutionSumsStep(ConvolutionGradientToInput Gradient, NormBackward Norm, BufferId Sums)
    : ConvolutionStep(Gradient.Layer, Gradient.Pass, Norm.ReadsBeside(Gradient), [Gradient.DX.Buffer, Sums]);

/// <summary>The sums are those of <see cref="BatchGradientSums"/>.</summary>
internal sealed record ConvolutionGradientSums(ConvolutionGradientToInput Gradient, NormBackward Norm, BufferId Sums)
    : ConvolutionSumsStep(Gradient, Norm, Sums);

/// <summary>The sums are those of <see cref="ResidualGradientSums"/>: d takes the place of dx.</summary>
internal sealed record ConvolutionResidualSums(ConvolutionGradientToInput Gradient, NormBackward Norm, BufferId Sums)
    : ConvolutionSumsStep(Gradient, Norm, Sums);
