using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

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

/// <summary>The larger of a and b, NaN if either is; where they are equal, each has half of the gradient.</summary>
public readonly struct Larger : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.Forward<TLanes, TVec>(TVec a, TVec b) => TLanes.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientA<TLanes, TVec>(TVec a, TVec b, TVec dy) => Share<TLanes, TVec>(a, b, dy);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy) => Share<TLanes, TVec>(b, a, dy);

    /// <summary>The gradient of a, given that the result is the larger of a and b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVec Share<TLanes, TVec>(TVec a, TVec b, TVec dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec shared = TLanes.SelectGreater(b, a, TLanes.Zero, TLanes.Multiply(dy, TLanes.Splat(0.5f)));
        return TLanes.SelectGreater(a, b, dy, shared);
    }
}

/// <summary>The smaller of a and b, NaN if either is; where they are equal, each has half of the gradient.</summary>
public readonly struct Smaller : IArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.Forward<TLanes, TVec>(TVec a, TVec b) => TLanes.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientA<TLanes, TVec>(TVec a, TVec b, TVec dy) => Larger.Share<TLanes, TVec>(b, a, dy);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IArithmetic.GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy) => Larger.Share<TLanes, TVec>(a, b, dy);
}

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
