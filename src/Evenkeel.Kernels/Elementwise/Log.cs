using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = ln x: minus infinity at 0, NaN below.</summary>
public readonly struct Log : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) => TLanes.Divide(dy, inputOrOutput);
}
