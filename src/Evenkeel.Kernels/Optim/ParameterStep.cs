using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Optim;

/// <summary>What every optimiser ends with: the step along a direction, with decoupled weight decay.</summary>
internal static class ParameterStep
{
    /// <summary>
    /// p - (rate * direction + decay * p). The decay is rounded relative to itself: 1 - decay as a factor would lose most
    /// of a decay of 1e-7.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Apply<TLanes, TVec>(TVec p, TVec direction, float rate, float decay)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec step = TLanes.Multiply(TLanes.Splat(rate), direction);
        return TLanes.Subtract(p, TLanes.FusedMultiplyAdd(TLanes.Splat(decay), p, step));
    }
}
