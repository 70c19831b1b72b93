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

/// <summary>y = conv(x, w).</summary>
internal sealed record ConvolutionForward(string Layer, ConvolutionPass Pass, BufferId X, BufferId W, BufferId Y)
    : ConvolutionStep(Layer, Pass, [X, W], [Y]);

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
) : ConvolutionStep(Layer, Pass, [X, W], [Y, Moments]);

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
) : ConvolutionStep(Layer, Pass, [X, DY], [DW]);

/// <summary>dx from dy and w, written or added.</summary>
internal sealed record ConvolutionGradientToInput(
    string Layer,
    ConvolutionPass Pass,
    BufferId DY,
    BufferId W,
    GradientTarget DX
) : ConvolutionStep(Layer, Pass, DX.Accumulates ? [DY, W, DX.Buffer] : [DY, W], [DX.Buffer]);
