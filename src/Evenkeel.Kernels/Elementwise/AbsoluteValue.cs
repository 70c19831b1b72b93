using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = |x|; the gradient at 0 is 0.</summary>
public readonly struct AbsoluteValue : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec left = TLanes.SelectGreater(TLanes.Zero, inputOrOutput, TLanes.Subtract(TLanes.Zero, dy), TLanes.Zero);
        return TLanes.SelectGreater(inputOrOutput, TLanes.Zero, dy, left);
    }
}
