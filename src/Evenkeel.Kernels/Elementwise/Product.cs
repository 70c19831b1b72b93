using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>a * b.</summary>
public readonly struct Product : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.Forward<TLanes, TVec>(TVec a, TVec b) => TLanes.Multiply(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientA<TLanes, TVec>(TVec a, TVec b, TVec dy) => TLanes.Multiply(dy, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy) => TLanes.Multiply(dy, a);
}
