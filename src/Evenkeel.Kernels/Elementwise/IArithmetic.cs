using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>An operation on two numbers, as pure arithmetic on registers.</summary>
public interface IArithmetic
{
    /// <summary>a op b.</summary>
    TVec Forward<TLanes, TVec>(TVec a, TVec b)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>dy * d(a op b)/da.</summary>
    TVec GradientA<TLanes, TVec>(TVec b, TVec dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>dy * d(a op b)/db.</summary>
    TVec GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>a * b.</summary>
public readonly struct Product : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.Forward<TLanes, TVec>(TVec a, TVec b) => TLanes.Multiply(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientA<TLanes, TVec>(TVec b, TVec dy) => TLanes.Multiply(dy, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy) => TLanes.Multiply(dy, a);
}

/// <summary>a - b.</summary>
public readonly struct Difference : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.Forward<TLanes, TVec>(TVec a, TVec b) => TLanes.Subtract(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientA<TLanes, TVec>(TVec b, TVec dy) => dy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy) => TLanes.Subtract(TLanes.Zero, dy);
}

/// <summary>a / b.</summary>
public readonly struct Quotient : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.Forward<TLanes, TVec>(TVec a, TVec b) => TLanes.Divide(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientA<TLanes, TVec>(TVec b, TVec dy) => TLanes.Divide(dy, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy) =>
        TLanes.Divide(TLanes.Multiply(TLanes.Subtract(TLanes.Zero, dy), TLanes.Divide(a, b)), b);
}
