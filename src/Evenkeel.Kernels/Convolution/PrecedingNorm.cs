using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// The batch normalisations whose outputs, side by side, are a convolution's input. The two sums that each of their gradients needs are taken
/// while the convolution makes the gradient of that input. Channels of the input may belong to none of them.
/// </summary>
public interface IPrecedingNorms<TAct>
    where TAct : struct, IActivation
{
    /// <summary>How many: 1 to <see cref="Convolution.MaxPrecedingNorms"/>.</summary>
    int Count { get; }

    /// <summary>One of them. No two have channels in common, and all have the same activation.</summary>
    PrecedingNorm<TAct> this[int index] { get; }
}

/// <summary>A batch normalisation whose output is a convolution's input, or some channels of it.</summary>
/// <param name="act">The activation g behind the normalisation.</param>
/// <param name="x">[batch, height, width, channels]: the input of the normalisation.</param>
/// <param name="y">
/// Its output where it lies in the convolution's input, from its first channel on; may be empty where the gradient of the activation does not use
/// it.
/// </param>
/// <param name="coefficients">As in the forward pass, with centers.</param>
/// <param name="sums">Receives [2, channels]: of d = dy * g', and of d * (x - center).</param>
/// <param name="firstChannel">Its first channel in the convolution's input.</param>
public readonly ref struct PrecedingNorm<TAct>(
    TAct act,
    ReadOnlySpan<float> x,
    ReadOnlySpan<float> y,
    NormCoefficients coefficients,
    Span<double> sums,
    int firstChannel = 0
)
    where TAct : struct, IActivation
{
    /// <summary>The activation g behind the normalisation.</summary>
    public TAct Activation { get; } = act;

    /// <summary>[batch, height, width, channels]: the input of the normalisation.</summary>
    public ReadOnlySpan<float> X { get; } = x;

    /// <summary>Its output, with the convolution's input channels from position to position.</summary>
    public ReadOnlySpan<float> Y { get; } = y;

    /// <summary>As in the forward pass.</summary>
    public NormCoefficients Coefficients { get; } = coefficients;

    /// <summary>[2, channels].</summary>
    public Span<double> Sums { get; } = sums;

    /// <summary>Its first channel in the convolution's input.</summary>
    public int FirstChannel { get; } = firstChannel;

    internal int Channels => Coefficients.Scale.Length;

    internal void Check<TGradient>(in ConvolutionShape shape, int batch)
        where TGradient : struct, IActivation
    {
        int rows = batch * shape.Height * shape.Width;
        if (FirstChannel < 0 || FirstChannel > shape.InputChannels - Channels)
            throw new ArgumentException(
                $"Channels {FirstChannel} to {FirstChannel + Channels} are not in an input of {shape.InputChannels}."
            );
        MatrixArguments.CheckMatrix(rows, Channels, X.Length);
        if (TGradient.GradientUsesOutput)
            MatrixArguments.CheckStrided(rows, Channels, shape.InputChannels, Y.Length);
        Coefficients.Check(Channels);
        MatrixArguments.CheckVector(Channels, Coefficients.Center.Length);
        MatrixArguments.CheckVector(2 * Channels, Sums.Length);
    }

    internal void CheckApart(PrecedingNorm<TAct> other)
    {
        if (FirstChannel < other.FirstChannel + other.Channels && other.FirstChannel < FirstChannel + Channels)
            throw new ArgumentException(
                $"Two normalisations from channels {FirstChannel} and {other.FirstChannel} on have channels in common."
            );
    }
}

/// <summary>The memory of normalisations in front of a convolution, and of the gradient that it makes.</summary>
internal unsafe struct PrecedingNormsOperands
{
    /// <summary>Sums of a tile; <see cref="TileGradientSums{TAct,TSink,TVec,TLanes}"/>.</summary>
    public delegate* <TileGradient*, void> Kernel;
    public void* Activation;
    public float* Gradient;

    /// <summary>Floats from position to position of the gradient.</summary>
    public int Channels;
    public PrecedingNormOperands* Norms;
    public int Count;
}

/// <summary>The memory of one of them: x is dense, y lies as the gradient does.</summary>
internal unsafe struct PrecedingNormOperands
{
    public float* X;
    public float* Y;
    public float* Center;
    public float* Scale;
    public float* Shift;
    public double* Sums;
    public int FirstChannel;
    public int Channels;
}
