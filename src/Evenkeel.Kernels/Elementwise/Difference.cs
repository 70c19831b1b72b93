using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>a - b.</summary>
public readonly struct Difference : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.Forward<TLanes, TVec>(TVec a, TVec b) => TLanes.Subtract(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientA<TLanes, TVec>(TVec a, TVec b, TVec dy) => dy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy) => TLanes.Subtract(TLanes.Zero, dy);
}
