using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Pooling;

/// <summary>Whether the place of the largest value is kept, for the gradient.</summary>
internal unsafe interface IWinner
{
    /// <summary><paramref name="place"/> where <paramref name="value"/> exceeds <paramref name="best"/>.</summary>
    static abstract TVec Choose<TLanes, TVec>(TVec value, TVec best, TVec place, TVec bestPlace)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>Writes the places of one register.</summary>
    static abstract void Write<TLanes, TVec>(byte* winner, TVec place)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Inference needs no places.</summary>
internal readonly unsafe struct NoWinner : IWinner
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVec IWinner.Choose<TLanes, TVec>(TVec value, TVec best, TVec place, TVec bestPlace) => bestPlace;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IWinner.Write<TLanes, TVec>(byte* winner, TVec place) { }
}

/// <summary>One byte per output.</summary>
internal readonly unsafe struct KeepWinner : IWinner
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVec IWinner.Choose<TLanes, TVec>(TVec value, TVec best, TVec place, TVec bestPlace) =>
        TLanes.SelectGreater(value, best, place, bestPlace);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IWinner.Write<TLanes, TVec>(byte* winner, TVec place) => ByteLanes.Store(winner, place);
}
