using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// g(x) = x Phi(x) with the distribution function Phi of the normal distribution (Hendrycks and Gimpel 2016, section 2); to within
/// 6 ulp on both sides. It is not monotonic, so the gradient comes from the input.
/// </summary>
public readonly struct Gelu : IActivation
{
    // Beyond this the tail 1 - Phi vanishes in float, times x too.
    private const float Furthest = 15f;
    private const float RootOfHalf = 0.70710678118654752f;
    private const float OneOverRootOfTwoPi = 0.39894228040143268f;

    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        // The tail is (e^(-x^2/4))^2 c / 2, where the root stays normal as long as the result does not vanish.
        TVec a = TLanes.Min(TLanes.Abs(x), TLanes.Splat(Furthest));
        TVec root = NormalTail.OfSquare<TLanes, TVec>(a, 0.25f);
        TVec c = NormalTail.Scaled<TLanes, TVec>(TLanes.Multiply(a, TLanes.Splat(RootOfHalf)));
        TVec half = TLanes.Multiply(TLanes.CopySign(a, x), TLanes.Multiply(c, TLanes.Splat(0.5f)));
        TVec tail = TLanes.Multiply(TLanes.Multiply(half, root), root);
        return TLanes.SelectGreater(x, TLanes.Zero, TLanes.Subtract(x, tail), tail);
    }

    // g' = Phi(x) + x phi(x).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec a = TLanes.Min(TLanes.Abs(inputOrOutput), TLanes.Splat(Furthest));
        TVec density = NormalTail.OfSquare<TLanes, TVec>(a, 0.5f);
        TVec c = NormalTail.Scaled<TLanes, TVec>(TLanes.Multiply(a, TLanes.Splat(RootOfHalf)));
        TVec tail = TLanes.Multiply(TLanes.Multiply(c, TLanes.Splat(0.5f)), density);
        TVec below = TLanes.SelectGreater(inputOrOutput, TLanes.Zero, TLanes.Subtract(TLanes.Splat(1f), tail), tail);
        TVec signed = TLanes.CopySign(a, inputOrOutput);
        TVec weight = TLanes.Multiply(signed, TLanes.Splat(OneOverRootOfTwoPi));
        return TLanes.Multiply(dy, TLanes.FusedMultiplyAdd(weight, density, below));
    }
}

/// <summary>
/// g(x) = x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), the approximation of <see cref="Gelu"/> that many networks were trained with
/// (Hendrycks and Gimpel 2016, section 2). It is not monotonic, so the gradient comes from the input.
/// </summary>
public readonly struct GeluTanh : IActivation
{
    private const float TwiceRootOfTwoOverPi = 1.5957691216057308f;
    private const float Cubic = 0.044715f;

    // Beyond this the argument of tanh is so large that the slope is 0 or 1, and its cube need not be computed.
    private const float Furthest = 20f;

    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    // (1 + tanh u) / 2 = 1 / (1 + e^(-2u)), as in Swish.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        TVec u = Argument<TLanes, TVec>(TLanes.Min(TLanes.Abs(x), TLanes.Splat(Furthest)));
        TVec h = Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Multiply(TLanes.Splat(-0.5f), u));
        TVec left = TLanes.Multiply(TLanes.Multiply(x, h), h);
        TVec numerator = TLanes.SelectGreater(x, TLanes.Zero, x, left);
        return TLanes.Divide(numerator, TLanes.FusedMultiplyAdd(h, h, TLanes.Splat(1f)));
    }

    // g' = s + x s (1 - s) (2u)'.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec one = TLanes.Splat(1f);
        TVec a = TLanes.Min(TLanes.Abs(inputOrOutput), TLanes.Splat(Furthest));
        TVec z = Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Subtract(TLanes.Zero, Argument<TLanes, TVec>(a)));
        TVec sum = TLanes.Add(one, z);
        TVec s = TLanes.Divide(TLanes.SelectGreater(inputOrOutput, TLanes.Zero, one, z), sum),
            rest = TLanes.Divide(TLanes.SelectGreater(inputOrOutput, TLanes.Zero, z, one), sum);
        TVec slope = TLanes.FusedMultiplyAdd(TLanes.Multiply(a, a), TLanes.Splat(3 * Cubic), one);
        TVec steepness = TLanes.Multiply(
            TLanes.CopySign(TLanes.Multiply(a, slope), inputOrOutput),
            TLanes.Splat(TwiceRootOfTwoOverPi)
        );
        return TLanes.Multiply(dy, TLanes.FusedMultiplyAdd(TLanes.Multiply(steepness, s), rest, s));
    }

    // 2u for x >= 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Argument<TLanes, TVec>(TVec x)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec factor = TLanes.FusedMultiplyAdd(TLanes.Multiply(x, x), TLanes.Splat(Cubic), TLanes.Splat(1f));
        return TLanes.Multiply(TLanes.Multiply(x, factor), TLanes.Splat(TwiceRootOfTwoOverPi));
    }
}

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
