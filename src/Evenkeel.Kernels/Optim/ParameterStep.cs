using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Optim;

/// <summary>What every optimiser ends with: the step along a direction, with decoupled weight decay.</summary>
internal static class ParameterStep
{
    /// <summary>
    /// p - (rate * direction + decay * p). The decay keeps its own precision: as the factor 1 - decay, a decay of 1e-7 would
    /// be a fifth too large for every parameter alike.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Apply<TLanes, TVec>(TVec p, TVec direction, float rate, float decay)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec step = TLanes.Multiply(TLanes.Splat(rate), direction);
        return TLanes.Subtract(p, TLanes.MultiplyAdd(TLanes.Splat(decay), p, step));
    }
}
