using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// g((x - center) * scale + shift), which a kernel makes with the arithmetic of <see cref="Normalize"/> while it reads its input: the normalised value lies in
/// no memory (Jung et al. 2018).
/// </summary>
/// <param name="act">The activation g.</param>
/// <param name="x">[batch, height, width, channels].</param>
/// <param name="coefficients">Of each channel, with centers.</param>
public readonly ref struct NormalizedInput<TAct>(TAct act, ReadOnlySpan<float> x, NormCoefficients coefficients)
    where TAct : struct, IActivation
{
    /// <summary>The activation g.</summary>
    public TAct Activation { get; } = act;

    /// <summary>[batch, height, width, channels].</summary>
    public ReadOnlySpan<float> X { get; } = x;

    /// <summary>Of each channel.</summary>
    public NormCoefficients Coefficients { get; } = coefficients;

    internal void Check(int channels)
    {
        Coefficients.Check(channels);
        MatrixArguments.CheckVector(channels, Coefficients.Center.Length);
    }
}
