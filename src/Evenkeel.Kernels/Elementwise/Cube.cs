using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = x^3, by two products.</summary>
public readonly struct Cube : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.Multiply(TLanes.Multiply(x, x), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.Multiply(dy, TLanes.Multiply(TLanes.Multiply(TLanes.Splat(3f), inputOrOutput), inputOrOutput));
}
