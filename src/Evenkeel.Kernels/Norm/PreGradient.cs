using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Norm;

/// <summary>The gradient before the activation: dy times its derivative.</summary>
internal static unsafe class PreGradient<TAct, TLanes, TVec>
    where TAct : struct, IActivation
    where TLanes : struct, ILanes<TVec>
    where TVec : unmanaged
{
    /// <summary>Reads y where the activation wants its output; otherwise recomputes its input from x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Of(TAct act, in Affine<TLanes, TVec> affine, TVec centered, float* y, float* dy) =>
        act.Gradient<TLanes, TVec>(
            TAct.GradientUsesOutput ? TLanes.Load(y) : affine.OfCentered(centered),
            TLanes.Load(dy)
        );
}
