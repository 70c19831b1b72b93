using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Loops;

/// <summary>How a kernel writes its output.</summary>
internal unsafe interface IStore
{
    /// <summary>Writes one register.</summary>
    static abstract void Store<TLanes, TVec>(float* destination, TVec value)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Plain stores.</summary>
internal readonly unsafe struct CachedStore : IStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IStore.Store<TLanes, TVec>(float* destination, TVec value) => TLanes.Store(destination, value);
}

/// <summary>Stores past the caches, for outputs that would push out what is still to be read.</summary>
internal readonly unsafe struct StreamingStore : IStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IStore.Store<TLanes, TVec>(float* destination, TVec value) => TLanes.StoreStreaming(destination, value);
}

/// <summary>Keeps nothing, where a sum is all that is asked for.</summary>
internal readonly unsafe struct NoStore : IStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IStore.Store<TLanes, TVec>(float* destination, TVec value) { }
}
