using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>The complementary error function on registers, in pieces that stay accurate far out.</summary>
internal static class NormalTail
{
    // (1 + 2z) e^(z^2) erfc z = 1 + P((z - 2) / (z + 2)) is smooth over all z >= 0 (Shepherd and Laframboise 1981). Minimax in the
    // relative error, coefficients rounded to float one after the other, each refitted to those before it: 0.29 * 2^-24.
    private const float C0 = 0.2769784f;
    private const float C1 = -0.092763826f;
    private const float C2 = -0.1660317f;
    private const float C3 = 0.16405104f;
    private const float C4 = -0.054207053f;
    private const float C5 = -0.008028924f;
    private const float C6 = 0.008675346f;
    private const float C7 = 0.0012417369f;
    private const float C8 = -0.0013798426f;
    private const float C9 = -0.00038326645f;
    private const float C10 = 0.00015442619f;
    private const float C11 = 7.283263e-05f;

    /// <summary>e^(z^2) erfc z for z >= 0, to within 3 ulp; NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Scaled<TLanes, TVec>(TVec z)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec two = TLanes.Splat(2f),
            one = TLanes.Splat(1f);
        TVec q = TLanes.Divide(TLanes.Subtract(z, two), TLanes.Add(z, two));
        TVec p = TLanes.FusedMultiplyAdd(q, TLanes.Splat(C11), TLanes.Splat(C10));
        p = TLanes.FusedMultiplyAdd(p, q, TLanes.Splat(C9));
        p = TLanes.FusedMultiplyAdd(p, q, TLanes.Splat(C8));
        p = TLanes.FusedMultiplyAdd(p, q, TLanes.Splat(C7));
        p = TLanes.FusedMultiplyAdd(p, q, TLanes.Splat(C6));
        p = TLanes.FusedMultiplyAdd(p, q, TLanes.Splat(C5));
        p = TLanes.FusedMultiplyAdd(p, q, TLanes.Splat(C4));
        p = TLanes.FusedMultiplyAdd(p, q, TLanes.Splat(C3));
        p = TLanes.FusedMultiplyAdd(p, q, TLanes.Splat(C2));
        p = TLanes.FusedMultiplyAdd(p, q, TLanes.Splat(C1));
        p = TLanes.FusedMultiplyAdd(p, q, TLanes.Splat(C0));
        return TLanes.Divide(TLanes.Add(p, one), TLanes.FusedMultiplyAdd(z, two, one));
    }

    /// <summary>e^(-share x^2) for 0 to 15 as x and a share of 1/4, 1/2 or 1, accurate although x^2 has twice as many digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec OfSquare<TLanes, TVec>(TVec x, float share)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec square = TLanes.Multiply(x, x);
        TVec rest = TLanes.FusedMultiplyAdd(x, x, TLanes.Subtract(TLanes.Zero, square));
        TVec y = Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Multiply(TLanes.Splat(-share), square));
        return TLanes.FusedMultiplyAdd(TLanes.Multiply(TLanes.Splat(-share), rest), y, y);
    }
}
