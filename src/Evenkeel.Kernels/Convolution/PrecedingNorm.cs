using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// The batch normalisation whose output is a convolution's input. The two sums that its gradient needs are taken while the convolution makes
/// the gradient of that input.
/// </summary>
/// <param name="act">The activation g behind the normalisation.</param>
/// <param name="x">[batch, height, width, channels]: the input of the normalisation.</param>
/// <param name="y">Its output; may be empty where the gradient of the activation does not use it.</param>
/// <param name="coefficients">As in the forward pass, with centers.</param>
/// <param name="sums">Receives [2, channels]: of d = dy * g', and of d * (x - center).</param>
public readonly ref struct PrecedingNorm<TAct>(
    TAct act,
    ReadOnlySpan<float> x,
    ReadOnlySpan<float> y,
    NormCoefficients coefficients,
    Span<double> sums
)
    where TAct : struct, IActivation
{
    /// <summary>The activation g behind the normalisation.</summary>
    public TAct Activation { get; } = act;

    /// <summary>[batch, height, width, channels]: the input of the normalisation.</summary>
    public ReadOnlySpan<float> X { get; } = x;

    /// <summary>Its output.</summary>
    public ReadOnlySpan<float> Y { get; } = y;

    /// <summary>As in the forward pass.</summary>
    public NormCoefficients Coefficients { get; } = coefficients;

    /// <summary>[2, channels].</summary>
    public Span<double> Sums { get; } = sums;

    internal void Check<TGradient>(in ConvolutionShape shape, int batch)
        where TGradient : struct, IActivation
    {
        int rows = batch * shape.Height * shape.Width,
            channels = shape.InputChannels;
        MatrixArguments.CheckMatrix(rows, channels, X.Length);
        if (TGradient.GradientUsesOutput)
            MatrixArguments.CheckMatrix(rows, channels, Y.Length);
        Coefficients.Check(channels);
        MatrixArguments.CheckVector(channels, Coefficients.Center.Length);
        MatrixArguments.CheckVector(2 * channels, Sums.Length);
    }
}
