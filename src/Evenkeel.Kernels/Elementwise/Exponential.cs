using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// e^x on registers. x = n ln 2 + r with integral n and |r| &lt;= ln(2)/2, e^r - 1 by a polynomial, then 2^n by exponent
/// arithmetic. Cody and Waite, "Software Manual for the Elementary Functions" (1980), chapter 6, is the scheme.
/// </summary>
internal static class Exponential
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two floats. The first product is exact under a fused multiply-add, because r needs no more than 24 bits.
    private const float Ln2High = 0.6931471824645996f;
    private const float Ln2Low = -1.9046542121259336e-09f;

    // e^r - 1 = r + r^2 (C2 + C3 r + ... + C6 r^4): minimax in the error relative to e^r - 1, coefficients rounded to
    // float one after the other, each refitted to those before it. That error is 0.24 * 2^-24.
    private const float C2 = 0.5f;
    private const float C3 = 0.1666654795408249f;
    private const float C4 = 0.04166682809591293f;
    private const float C5 = 0.008366111665964127f;
    private const float C6 = 0.0013900422491133213f;

    // Beyond these e^x is surely infinite or zero, and n no longer fits ScaleFar; between them and the true
    // limits (88.7228 and -103.9721) the last multiplication overflows or rounds to zero by itself.
    private const float SurelyInfinite = 89f;
    private const float SurelyZero = -104f;

    // Below this e^x - 1 is -1 in float.
    private const float SurelyMinusOne = -18f;

    /// <summary>e^x, to within 1.1 ulp; infinity above 88.7228, zero below -103.97, NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Exp<TLanes, TVec>(TVec x)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        TLanes.SelectGreater(
            x,
            TLanes.Splat(SurelyInfinite),
            TLanes.Splat(float.PositiveInfinity),
            ExpNonPositive<TLanes, TVec>(x)
        );

    /// <summary><see cref="Exp{TLanes,TVec}"/> for x &lt;= 0 (in fact for x &lt;= 89) or NaN, a comparison cheaper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec ExpNonPositive<TLanes, TVec>(TVec x)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec n = TLanes.Round(TLanes.Multiply(x, TLanes.Splat(Log2E)));
        TVec y = TLanes.Add(ReducedMinusOne<TLanes, TVec>(x, n), TLanes.Splat(1f));
        // n runs from -150 to 128.
        return TLanes.SelectGreater(TLanes.Splat(SurelyZero), x, TLanes.Zero, TLanes.ScaleFar(y, n));
    }

    /// <summary>e^x - 1 for x &lt;= 0 or NaN, accurate relative to the result; anything for other x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec MinusOneNonPositive<TLanes, TVec>(TVec x)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec minusOne = TLanes.Splat(-1f);
        TVec n = TLanes.Round(TLanes.Multiply(x, TLanes.Splat(Log2E)));
        TVec p = ReducedMinusOne<TLanes, TVec>(x, n);

        // 2^n (1 + p) - 1 = 2^n p + (2^n - 1), where the bracket is exact down to n = -24.
        TVec power = TLanes.ScaleByPowerOfTwo(TLanes.Splat(1f), n);
        TVec y = TLanes.FusedMultiplyAdd(p, power, TLanes.Add(power, minusOne));
        return TLanes.SelectGreater(TLanes.Splat(SurelyMinusOne), x, minusOne, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec ReducedMinusOne<TLanes, TVec>(TVec x, TVec n)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec r = TLanes.FusedMultiplyAdd(n, TLanes.Splat(-Ln2High), x);
        r = TLanes.FusedMultiplyAdd(n, TLanes.Splat(-Ln2Low), r);
        TVec q = TLanes.FusedMultiplyAdd(r, TLanes.Splat(C6), TLanes.Splat(C5));
        q = TLanes.FusedMultiplyAdd(q, r, TLanes.Splat(C4));
        q = TLanes.FusedMultiplyAdd(q, r, TLanes.Splat(C3));
        q = TLanes.FusedMultiplyAdd(q, r, TLanes.Splat(C2));
        return TLanes.FusedMultiplyAdd(TLanes.Multiply(r, r), q, r);
    }
}

/// <summary>g(x) = e^x, to within 1.1 ulp.</summary>
public readonly struct Exp : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => Exponential.Exp<TLanes, TVec>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) => TLanes.Multiply(dy, inputOrOutput);
}

/// <summary>g(x) = ln x: minus infinity at 0, NaN below.</summary>
public readonly struct Log : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) => TLanes.Divide(dy, inputOrOutput);
}
