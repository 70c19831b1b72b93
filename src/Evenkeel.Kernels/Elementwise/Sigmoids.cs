using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = 1 / (1 + e^-x); accurate relative to the result on both sides, also where it is tiny. A gradient is 0 below 2^-100.</summary>
public readonly struct Sigmoid : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        // With z = e^-|x|, g = 1/(1+z) for x > 0 and z/(1+z) elsewhere: nothing overflows, nothing cancels.
        TVec one = TLanes.Splat(1f);
        TVec z = Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Subtract(TLanes.Zero, TLanes.Abs(x)));
        TVec numerator = TLanes.SelectGreater(x, TLanes.Zero, one, z);
        return TLanes.Divide(numerator, TLanes.Add(one, z));
    }

    // g' = y (1 - y).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        VanishingGradient.OrZero<TLanes, TVec>(
            TLanes.Multiply(dy, TLanes.Multiply(inputOrOutput, TLanes.Subtract(TLanes.Splat(1f), inputOrOutput)))
        );
}

/// <summary>g(x) = tanh(x); accurate relative to the result, also near 0. A gradient is 0 below 2^-100.</summary>
public readonly struct Tanh : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        // With m = e^(-2|x|) - 1, which lies in [-1, 0]: tanh|x| = -m / (m + 2).
        TVec twice = TLanes.Multiply(TLanes.Splat(-2f), TLanes.Abs(x));
        TVec m = Exponential.MinusOneNonPositive<TLanes, TVec>(twice);
        return TLanes.CopySign(TLanes.Divide(m, TLanes.Add(m, TLanes.Splat(2f))), x);
    }

    // g' = 1 - y^2, rounded once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec minusY = TLanes.Subtract(TLanes.Zero, inputOrOutput);
        TVec slope = TLanes.FusedMultiplyAdd(minusY, inputOrOutput, TLanes.Splat(1f));
        return VanishingGradient.OrZero<TLanes, TVec>(TLanes.Multiply(dy, slope));
    }
}

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
        // max(x, 0) + ln(1 + z) with z = e^-|x| in [0, 1]: nothing overflows, nothing cancels.
        TVec z = Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Subtract(TLanes.Zero, TLanes.Abs(x)));
        return TLanes.Add(TLanes.Max(x, TLanes.Zero), LogOfOnePlus<TLanes, TVec>(z));
    }

    // g' = 1 / (1 + e^-x) = 1 - e^-y.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec minusY = TLanes.Subtract(TLanes.Zero, inputOrOutput);
        TVec slope = TLanes.Subtract(TLanes.Zero, Exponential.MinusOneNonPositive<TLanes, TVec>(minusY));
        return TLanes.Multiply(dy, slope);
    }

    /// <summary>ln(1 + z) of 0 &lt;= z &lt;= 1, accurate relative to the result: 2 atanh(z / (2 + z)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVec LogOfOnePlus<TLanes, TVec>(TVec z)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec s = TLanes.Divide(z, TLanes.Add(z, TLanes.Splat(2f)));
        TVec s2 = TLanes.Multiply(s, s);
        TVec p = TLanes.FusedMultiplyAdd(s2, TLanes.Splat(A6), TLanes.Splat(A5));
        p = TLanes.FusedMultiplyAdd(p, s2, TLanes.Splat(A4));
        p = TLanes.FusedMultiplyAdd(p, s2, TLanes.Splat(A3));
        p = TLanes.FusedMultiplyAdd(p, s2, TLanes.Splat(A2));
        p = TLanes.FusedMultiplyAdd(p, s2, TLanes.Splat(A1));
        TVec twice = TLanes.Add(s, s);
        return TLanes.FusedMultiplyAdd(TLanes.Multiply(twice, s2), p, twice);
    }
}

/// <summary>
/// g(x) = x / (1 + e^-x) (Elfwing, Uchibe and Doya 2018, equation 6, there called SiLU). It is not monotonic, so the gradient comes from the input.
/// </summary>
public readonly struct Swish : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        // With h = e^(-|x|/2): x / (1 + h^2) for x > 0 and x h h / (1 + h^2) elsewhere, where h stays normal as long as the result does not vanish.
        TVec h = Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Multiply(TLanes.Splat(-0.5f), TLanes.Abs(x)));
        TVec left = TLanes.Multiply(TLanes.Multiply(x, h), h);
        TVec numerator = TLanes.SelectGreater(x, TLanes.Zero, x, left);
        return TLanes.Divide(numerator, TLanes.FusedMultiplyAdd(h, h, TLanes.Splat(1f)));
    }

    // g' = s (1 + x (1 - s)) with s = 1 / (1 + e^-x), and 1 - s = 1 / (1 + e^x) without cancellation.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec s = Gate<TLanes, TVec>(inputOrOutput),
            rest = Gate<TLanes, TVec>(TLanes.Subtract(TLanes.Zero, inputOrOutput));
        TVec slope = TLanes.FusedMultiplyAdd(TLanes.Multiply(s, inputOrOutput), rest, s);
        return TLanes.Multiply(dy, slope);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Gate<TLanes, TVec>(TVec x)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec one = TLanes.Splat(1f);
        TVec z = Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Subtract(TLanes.Zero, TLanes.Abs(x)));
        return TLanes.Divide(TLanes.SelectGreater(x, TLanes.Zero, one, z), TLanes.Add(one, z));
    }
}
