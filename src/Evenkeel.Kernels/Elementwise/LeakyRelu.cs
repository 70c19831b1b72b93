using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = x for x &gt; 0, slope * x elsewhere; g'(0) = slope. Works from the input, so any slope is allowed.</summary>
public readonly struct LeakyRelu : IActivation
{
    /// <summary>The common slope of 0.01.</summary>
    public LeakyRelu()
        : this(0.01f) { }

    /// <summary>A given slope for x &lt;= 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="slope"/> is not finite.</exception>
    public LeakyRelu(float slope)
    {
        if (!float.IsFinite(slope))
            throw new ArgumentOutOfRangeException(nameof(slope), slope, "The slope of LeakyRelu must be finite.");
        Slope = slope;
    }

    /// <summary>The slope for x &lt;= 0.</summary>
    public float Slope { get; }

    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) =>
        TLanes.SelectGreater(x, TLanes.Zero, x, TLanes.Multiply(TLanes.Splat(Slope), x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.SelectGreater(inputOrOutput, TLanes.Zero, dy, TLanes.Multiply(TLanes.Splat(Slope), dy));
}
