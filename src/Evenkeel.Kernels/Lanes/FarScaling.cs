using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Lanes;

/// <summary>Powers of two beyond those that a float holds.</summary>
internal static class FarScaling
{
    /// <summary>Two factors: only the second can leave the normal range, so the result is rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec InTwoSteps<TLanes, TVec>(TVec a, TVec n)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec half = TLanes.Round(TLanes.Multiply(n, TLanes.Splat(0.5f)));
        return TLanes.ScaleByPowerOfTwo(TLanes.ScaleByPowerOfTwo(a, half), TLanes.Subtract(n, half));
    }
}
