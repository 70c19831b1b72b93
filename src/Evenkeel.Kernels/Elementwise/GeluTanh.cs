using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

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
