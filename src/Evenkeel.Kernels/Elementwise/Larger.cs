using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>The larger of a and b, NaN if either is; where they are equal, each has half of the gradient.</summary>
public readonly struct Larger : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.Forward<TLanes, TVec>(TVec a, TVec b) => TLanes.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientA<TLanes, TVec>(TVec a, TVec b, TVec dy) =>
        TLanes.SelectGreater(
            a,
            b,
            dy,
            TLanes.SelectGreater(b, a, TLanes.Zero, TLanes.Multiply(dy, TLanes.Splat(0.5f)))
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy) =>
        TLanes.SelectGreater(
            b,
            a,
            dy,
            TLanes.SelectGreater(a, b, TLanes.Zero, TLanes.Multiply(dy, TLanes.Splat(0.5f)))
        );
}
