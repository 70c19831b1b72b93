using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = erf x, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x; to within 1 ulp, also near 0.</summary>
public readonly struct ErrorFunction : IActivation
{
    // erf x = x + x P(x^2) up to 1: minimax in the relative error, coefficients rounded one after the other: 0.024 * 2^-24.
    private const float C0 = 0.12837917f;
    private const float C1 = -0.37612626f;
    private const float C2 = 0.11283579f;
    private const float C3 = -0.026853347f;
    private const float C4 = 0.005187162f;
    private const float C5 = -0.0007997853f;
    private const float C6 = 7.806903e-05f;

    // Beyond this erf is 1 in float.
    private const float SurelyOne = 4f;
    private const float TwoOverRootOfPi = 1.1283791670955126f;

    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        TVec one = TLanes.Splat(1f);
        TVec a = TLanes.Min(TLanes.Abs(x), TLanes.Splat(SurelyOne));
        TVec square = TLanes.Multiply(a, a);
        TVec p = TLanes.FusedMultiplyAdd(square, TLanes.Splat(C6), TLanes.Splat(C5));
        p = TLanes.FusedMultiplyAdd(p, square, TLanes.Splat(C4));
        p = TLanes.FusedMultiplyAdd(p, square, TLanes.Splat(C3));
        p = TLanes.FusedMultiplyAdd(p, square, TLanes.Splat(C2));
        p = TLanes.FusedMultiplyAdd(p, square, TLanes.Splat(C1));
        p = TLanes.FusedMultiplyAdd(p, square, TLanes.Splat(C0));
        TVec near = TLanes.FusedMultiplyAdd(a, p, a);
        TVec tail = TLanes.Multiply(NormalTail.OfSquare<TLanes, TVec>(a, 1f), NormalTail.Scaled<TLanes, TVec>(a));
        TVec y = TLanes.SelectGreater(a, one, TLanes.Subtract(one, tail), near);
        return TLanes.CopySign(y, x);
    }

    // g' = 2 / sqrt(pi) e^(-x^2), 0 in float beyond 10.2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec a = TLanes.Min(TLanes.Abs(inputOrOutput), TLanes.Splat(11f));
        TVec slope = NormalTail.OfSquare<TLanes, TVec>(a, 1f);
        return TLanes.Multiply(dy, TLanes.Multiply(TLanes.Splat(TwoOverRootOfPi), slope));
    }
}
