using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// Gradients that vanish over many time steps or layers. They would become subnormal numbers, with which products take ten times as long and more.
/// </summary>
internal static class VanishingGradient
{
    // 2^-100. A product with a weight of 2^-26 or more is no subnormal number yet.
    private const float Smallest = 7.888609e-31f;

    /// <summary>A gradient, or 0 below 2^-100.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec OrZero<TLanes, TVec>(TVec gradient)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        TLanes.SelectGreater(TLanes.Splat(Smallest), TLanes.Abs(gradient), TLanes.Zero, gradient);
}
