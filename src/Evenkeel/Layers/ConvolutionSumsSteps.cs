using System.Collections.Immutable;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>The sums that a normalisation's backward pass begins with.</summary>
internal sealed record NormSums(NormBackward Norm, BufferId Sums);

/// <summary>
/// The gradient of a convolution's input, and sums that the normalisations which made x need, taken of dx while it is made. There are several
/// where x is a concatenation.
/// </summary>
internal abstract record ConvolutionSumsStep(ConvolutionGradientToInput Gradient, ImmutableArray<NormSums> Norms)
    : ConvolutionStep(
        Gradient.Layer,
        Gradient.Pass,
        [.. Gradient.Reads, .. Norms.SelectMany(n => n.Norm.ReadsBesideGradient)],
        [Gradient.DX.Buffer, .. Norms.Select(n => n.Sums)]
    );

/// <summary>The sums are those of <see cref="BatchGradientSums"/>.</summary>
internal sealed record ConvolutionGradientSums(ConvolutionGradientToInput Gradient, ImmutableArray<NormSums> Norms)
    : ConvolutionSumsStep(Gradient, Norms);

/// <summary>The sums are those of <see cref="ResidualGradientSums"/>: d takes the place of dx.</summary>
internal sealed record ConvolutionResidualSums(ConvolutionGradientToInput Gradient, ImmutableArray<NormSums> Norms)
    : ConvolutionSumsStep(Gradient, Norms);
