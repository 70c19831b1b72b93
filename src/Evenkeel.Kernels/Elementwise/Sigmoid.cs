using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = 1 / (1 + e^-x); accurate relative to the result on both sides, also where it is tiny.</summary>
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
        TLanes.Multiply(dy, TLanes.Multiply(inputOrOutput, TLanes.Subtract(TLanes.Splat(1f), inputOrOutput)));
}
