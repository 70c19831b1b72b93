using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = ln(1 + e^x), a smooth max(x, 0); accurate relative to the result, also where it is tiny.</summary>
public readonly struct Softplus : IActivation
{
    // atanh(s) / s in s^2, by its own series: s is 1/3 at most, where the first term left out is 1.4e-8.
    private const float A1 = 1f / 3f;
    private const float A2 = 1f / 5f;
    private const float A3 = 1f / 7f;
    private const float A4 = 1f / 9f;
    private const float A5 = 1f / 11f;
    private const float A6 = 1f / 13f;

    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        // max(x, 0) + ln(1 + z) with z = e^-|x| in [0, 1], and ln(1 + z) = 2 atanh(z / (2 + z)): nothing overflows, nothing cancels.
        TVec z = Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Subtract(TLanes.Zero, TLanes.Abs(x)));
        TVec s = TLanes.Divide(z, TLanes.Add(z, TLanes.Splat(2f)));
        TVec s2 = TLanes.Multiply(s, s);
        TVec p = TLanes.FusedMultiplyAdd(s2, TLanes.Splat(A6), TLanes.Splat(A5));
        p = TLanes.FusedMultiplyAdd(p, s2, TLanes.Splat(A4));
        p = TLanes.FusedMultiplyAdd(p, s2, TLanes.Splat(A3));
        p = TLanes.FusedMultiplyAdd(p, s2, TLanes.Splat(A2));
        p = TLanes.FusedMultiplyAdd(p, s2, TLanes.Splat(A1));
        TVec twice = TLanes.Add(s, s);
        TVec logarithm = TLanes.FusedMultiplyAdd(TLanes.Multiply(twice, s2), p, twice);
        return TLanes.Add(TLanes.Max(x, TLanes.Zero), logarithm);
    }

    // g' = 1 / (1 + e^-x) = 1 - e^-y.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec minusY = TLanes.Subtract(TLanes.Zero, inputOrOutput);
        TVec slope = TLanes.Subtract(TLanes.Zero, Exponential.MinusOneNonPositive<TLanes, TVec>(minusY));
        return TLanes.Multiply(dy, slope);
    }
}
