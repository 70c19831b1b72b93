using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = min(max(slope * x + offset, 0), 1); the gradient is 0 where g is 0 or 1.</summary>
public readonly struct HardSigmoid : IActivation
{
    /// <summary>The slope 0.2 and the offset 0.5.</summary>
    public HardSigmoid()
        : this(0.2f, 0.5f) { }

    /// <summary>A given line between 0 and 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite.</exception>
    public HardSigmoid(float slope, float offset)
    {
        if (!float.IsFinite(slope) || !float.IsFinite(offset))
            throw new ArgumentOutOfRangeException(nameof(slope), slope, "The line of HardSigmoid must be finite.");
        Slope = slope;
        Offset = offset;
    }

    /// <summary>The slope of the line.</summary>
    public float Slope { get; }

    /// <summary>The value at 0.</summary>
    public float Offset { get; }

    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        TVec line = TLanes.FusedMultiplyAdd(x, TLanes.Splat(Slope), TLanes.Splat(Offset));
        return TLanes.Min(TLanes.Max(line, TLanes.Zero), TLanes.Splat(1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.SelectGreater(
            inputOrOutput,
            TLanes.Zero,
            TLanes.SelectGreater(
                TLanes.Splat(1f),
                inputOrOutput,
                TLanes.Multiply(dy, TLanes.Splat(Slope)),
                TLanes.Zero
            ),
            TLanes.Zero
        );
}
