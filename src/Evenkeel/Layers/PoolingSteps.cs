using Evenkeel.Kernels.Pooling;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>y = max over the window; the winner's place is kept when a gradient will need it.</summary>
internal sealed record MaxPoolForward(string Layer, PoolingPass Pass, BufferId X, BufferId Y, BufferId? Winner)
    : Step(Layer, [X], Winner is { } winner ? [Y, winner] : [Y]),
        INormalizesInput
{
    /// <inheritdoc/>
    public NormalizeForward? Norm { get; private init; }

    /// <inheritdoc/>
    public Step Normalizing(NormalizeForward norm) => this with { Norm = norm, Reads = norm.Reads };

    // A window's values are normalised once for each window: only what costs next to nothing.
    /// <inheritdoc/>
    public string? Obstacle(NormSite site) =>
        Winner is null ? $"{Layer} keeps no places for a gradient"
        : Pass.Shape.Channels != site.Channels ? $"{Layer} does not see the channels of the normalisation"
        : site.Fused is not (null or Relu) ? $"{Layer} would compute {site.Fused.Kind} for each window"
        : null;
}

/// <summary>dx: each dy to its winner.</summary>
internal sealed record MaxPoolBackward(string Layer, PoolingPass Pass, BufferId Winner, BufferId DY, GradientTarget DX)
    : Step(Layer, DX.Accumulates ? [Winner, DY, DX.Buffer] : [Winner, DY], [DX.Buffer]);

/// <summary>y = mean over the window.</summary>
internal sealed record AveragePoolForward(
    string Layer,
    PoolingPass Pass,
    AverageDivisor Divisor,
    BufferId X,
    BufferId Y
) : Step(Layer, [X], [Y]);

/// <summary>dx: each dy spread over its window.</summary>
internal sealed record AveragePoolBackward(
    string Layer,
    PoolingPass Pass,
    AverageDivisor Divisor,
    BufferId DY,
    GradientTarget DX
) : Step(Layer, DX.Accumulates ? [DY, DX.Buffer] : [DY], [DX.Buffer]);

/// <summary>y = mean over all positions.</summary>
internal sealed record GlobalAverageForward(string Layer, int Positions, int Channels, BufferId X, BufferId Y)
    : Step(Layer, [X], [Y]);

/// <summary>dx = dy / positions.</summary>
internal sealed record GlobalAverageBackward(string Layer, int Positions, int Channels, BufferId DY, GradientTarget DX)
    : Step(Layer, DX.Accumulates ? [DY, DX.Buffer] : [DY], [DX.Buffer]);
