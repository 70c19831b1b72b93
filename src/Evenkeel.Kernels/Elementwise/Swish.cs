using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

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
