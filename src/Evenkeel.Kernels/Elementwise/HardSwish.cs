using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// g(x) = x * min(max(x + 3, 0), 6) / 6 (Howard et al. 2019, section 5.2). It is not monotonic, so the gradient comes from the input.
/// </summary>
public readonly struct HardSwish : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        // Dividing first keeps the product of large numbers finite.
        TVec gate = TLanes.Min(TLanes.Max(TLanes.Add(x, TLanes.Splat(3f)), TLanes.Zero), TLanes.Splat(6f));
        return TLanes.Multiply(x, TLanes.Divide(gate, TLanes.Splat(6f)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec slope = TLanes.FusedMultiplyAdd(inputOrOutput, TLanes.Splat(1f / 3f), TLanes.Splat(0.5f));
        TVec inner = TLanes.SelectGreater(inputOrOutput, TLanes.Splat(3f), dy, TLanes.Multiply(dy, slope));
        return TLanes.SelectGreater(inputOrOutput, TLanes.Splat(-3f), inner, TLanes.Zero);
    }
}
