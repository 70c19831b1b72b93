using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Linear;

/// <summary>What is done to the sums of a tile while they are in registers; a type, so that the JIT makes a method for each.</summary>
internal interface ITileEnd
{
    /// <summary>What is stored of sums.</summary>
    static abstract TVec Of<TLanes, TVec>(TVec sums)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Sums are stored as they are.</summary>
internal readonly struct PlainEnd : ITileEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Of<TLanes, TVec>(TVec sums)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => sums;
}

/// <summary>max(sum, 0), with NaN and -0 as they are.</summary>
internal readonly struct RectifiedEnd : ITileEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Of<TLanes, TVec>(TVec sums)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.SelectLarger(TLanes.Zero, sums);
}
