using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = 1 / x, correctly rounded.</summary>
public readonly struct Reciprocal : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.Divide(TLanes.Splat(1f), x);

    // g' = -y^2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.Subtract(TLanes.Zero, TLanes.Multiply(TLanes.Multiply(dy, inputOrOutput), inputOrOutput));
}
