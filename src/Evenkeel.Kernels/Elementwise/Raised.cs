using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>a to the power of b, as <see cref="Power"/>; the gradient of b is 0 where a is 0 or less.</summary>
public readonly struct Raised : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.Forward<TLanes, TVec>(TVec a, TVec b) => Power.Raise<TLanes, TVec>(a, b);

    // b a^(b - 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientA<TLanes, TVec>(TVec a, TVec b, TVec dy) =>
        TLanes.Multiply(TLanes.Multiply(dy, b), Power.Raise<TLanes, TVec>(a, TLanes.Subtract(b, TLanes.Splat(1f))));

    // a^b ln a.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy)
    {
        TVec slope = TLanes.Multiply(Power.Raise<TLanes, TVec>(a, b), TLanes.Log(a));
        return TLanes.SelectGreater(a, TLanes.Zero, TLanes.Multiply(dy, slope), TLanes.Zero);
    }
}
