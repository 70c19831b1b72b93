using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>What maps are made of: even and odd powers of a number and of its negative go together.</summary>
internal static unsafe class Parts<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Sum and difference of what was met at a point and at its negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(float* plus, float* minus, out TVec sum, out TVec difference)
    {
        TVec a = TLanes.Load(plus),
            b = TLanes.Load(minus);
        sum = TLanes.Add(a, b);
        difference = TLanes.Subtract(a, b);
    }

    /// <summary>What even and odd powers come to, at a point and at its negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVec even, TVec odd, float* plus, float* minus)
    {
        TLanes.Store(plus, TLanes.Add(even, odd));
        TLanes.Store(minus, TLanes.Subtract(even, odd));
    }

    /// <summary>a x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Times(float a, TVec x) => TLanes.Multiply(TLanes.Splat(a), x);

    /// <summary>a x + b y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Combine(float a, TVec x, float b, TVec y) =>
        TLanes.MultiplyAdd(TLanes.Splat(a), x, TLanes.Multiply(TLanes.Splat(b), y));

    /// <summary>a x + y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Add(float a, TVec x, TVec y) => TLanes.MultiplyAdd(TLanes.Splat(a), x, y);

    /// <summary>a x + b y + z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Add(float a, TVec x, float b, TVec y, TVec z) =>
        TLanes.MultiplyAdd(TLanes.Splat(a), x, TLanes.MultiplyAdd(TLanes.Splat(b), y, z));
}
