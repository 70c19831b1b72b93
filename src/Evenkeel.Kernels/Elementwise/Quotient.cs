using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>a / b.</summary>
public readonly struct Quotient : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.Forward<TLanes, TVec>(TVec a, TVec b) => TLanes.Divide(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientA<TLanes, TVec>(TVec a, TVec b, TVec dy) => TLanes.Divide(dy, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy) =>
        TLanes.Divide(TLanes.Multiply(TLanes.Subtract(TLanes.Zero, dy), TLanes.Divide(a, b)), b);
}
