using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = the square root of x, correctly rounded; NaN below 0. The gradient at 0 is infinite.</summary>
public readonly struct SquareRoot : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.SquareRoot(x);

    // g' = 1 / (2 y).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.Divide(TLanes.Multiply(TLanes.Splat(0.5f), dy), inputOrOutput);
}
