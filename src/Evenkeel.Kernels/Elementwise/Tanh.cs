using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = tanh(x); accurate relative to the result, also near 0.</summary>
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
        return TLanes.Multiply(dy, TLanes.FusedMultiplyAdd(minusY, inputOrOutput, TLanes.Splat(1f)));
    }
}
