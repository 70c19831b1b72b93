using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Tests.Norm;

/// <summary>y = x / (1 + |x|), an activation whose gradient (1 - |y|)^2 uses its output.</summary>
internal readonly struct SoftSign : IActivation
{
    public static bool GradientUsesOutput => true;

    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.Divide(x, TLanes.Add(TLanes.Splat(1), TLanes.Abs(x)));

    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec slope = TLanes.Subtract(TLanes.Splat(1), TLanes.Abs(inputOrOutput));
        return TLanes.Multiply(dy, TLanes.Multiply(slope, slope));
    }
}
