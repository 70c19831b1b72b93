using System.Collections.Immutable;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>A step that computes the sums of a convolution.</summary>
internal abstract record ConvolutionStep(
    string Layer,
    ConvolutionPass Pass,
    ImmutableArray<BufferId> Reads,
    ImmutableArray<BufferId> Writes
) : Step(Layer, Reads, Writes)
{
    /// <inheritdoc/>
    public sealed override double Operations(int batch) => Pass.Operations(batch);
}

/// <summary>A step that reads the input of a convolution, and can normalise it while it does.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Pass">Sizes.</param>
/// <param name="X">The input; where it is normalised on the way in, it lies in no memory.</param>
/// <param name="Reads">Buffers read.</param>
/// <param name="Writes">Buffers written.</param>
internal abstract record ConvolutionInputStep(
    string Layer,
    ConvolutionPass Pass,
    BufferId X,
    ImmutableArray<BufferId> Reads,
    ImmutableArray<BufferId> Writes
) : ConvolutionStep(Layer, Pass, Reads, Writes), INormalizesInput
{
    /// <inheritdoc/>
    public NormalizeForward? Norm { get; private init; }

    /// <inheritdoc/>
    public Step Normalizing(NormalizeForward norm) =>
        this with
        {
            Norm = norm,
            Reads = [.. norm.Reads, .. Reads.Remove(X)],
        };

    /// <inheritdoc/>
    public string? Obstacle(NormSite site) =>
        Pass.Shape.Groups > 1 ? $"{Layer} is grouped"
        : Pass.Shape.InputChannels != site.Channels ? $"{Layer} does not see the channels of the normalisation"
        : (Pass.Shape.StrideY, Pass.Shape.StrideX) != (1, 1) ? $"{Layer} has strides"
        : (Pass.Shape.KernelHeight, Pass.Shape.KernelWidth) is not ((1, 1) or (3, 3))
            ? $"{Layer} would normalise each value for many taps"
        : null;
}

/// <summary>y = conv(x, w).</summary>
internal sealed record ConvolutionForward(string Layer, ConvolutionPass Pass, BufferId X, BufferId W, BufferId Y)
    : ConvolutionInputStep(Layer, Pass, X, [X, W], [Y]);

/// <summary>y = g(conv(x, w) + b).</summary>
internal sealed record ConvolutionBiasForward(
    string Layer,
    ConvolutionPass Pass,
    Activation? Activation,
    BufferId X,
    BufferId W,
    BufferId B,
    BufferId Y
) : ConvolutionStep(Layer, Pass, [X, W, B], [Y]);

/// <summary>y = conv(x, w) and the moments of y's channels, gathered while y is made.</summary>
internal sealed record ConvolutionStatisticsForward(
    string Layer,
    ConvolutionPass Pass,
    BufferId X,
    BufferId W,
    BufferId Y,
    BufferId Moments
) : ConvolutionInputStep(Layer, Pass, X, [X, W], [Y, Moments]);

/// <summary>dz = dy * g' (from y), db = sums of dz over positions.</summary>
internal sealed record ActivationBiasBackward(
    string Layer,
    Activation? Activation,
    int Positions,
    int Channels,
    BufferId Y,
    BufferId DY,
    BufferId DZ,
    BufferId DB
) : Step(Layer, [Y, DY], [DZ, DB]);

/// <summary>dw from x and dy.</summary>
internal sealed record ConvolutionGradientToWeights(
    string Layer,
    ConvolutionPass Pass,
    BufferId X,
    BufferId DY,
    BufferId DW
) : ConvolutionInputStep(Layer, Pass, X, [X, DY], [DW]);

/// <summary>dx from dy and w, written or added.</summary>
internal sealed record ConvolutionGradientToInput(
    string Layer,
    ConvolutionPass Pass,
    BufferId DY,
    BufferId W,
    GradientTarget DX
) : ConvolutionStep(Layer, Pass, DX.Accumulates ? [DY, W, DX.Buffer] : [DY, W], [DX.Buffer]);
