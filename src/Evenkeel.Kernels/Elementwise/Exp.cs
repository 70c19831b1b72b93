using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = e^x, to within 1.1 ulp.</summary>
public readonly struct Exp : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => Exponential.Exp<TLanes, TVec>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) => TLanes.Multiply(dy, inputOrOutput);
}
