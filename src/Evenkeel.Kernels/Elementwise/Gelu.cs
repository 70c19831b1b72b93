using System.Runtime.CompilerServices;

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
