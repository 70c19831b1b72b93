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
    // What takes more bytes does not stay in a core's own caches between two passes: going past them saves reading what is about to be
    // overwritten.
    private const long LargeBytes = 8L << 20;

    // But where it stays in the cache that cores share, the next pass finds it sooner than in memory. Others use that cache too. With 300 MB of
    // it a training step of ResNet-20 takes 1.1 times as long if passes of 25 MB go past it; larger ones gain nothing there.
    private const int SharedPart = 10;

    private static readonly long Limit = Math.Max(LargeBytes, Caches.LastLevelBytes / SharedPart);

    /// <summary>Whether a pass over so many bytes in all is large enough for it.</summary>
    public static bool Pays(long bytes) => bytes > Limit;

    /// <summary>Whether registers of so many floats can be written to rows of so many columns this way, which asks for alignment.</summary>
    public static bool Reaches(float* output, int columns, int width) =>
        columns % width == 0 && (nuint)output % (nuint)(width * sizeof(float)) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IStore.Store<TLanes, TVec>(float* destination, TVec value) => TLanes.StoreStreaming(destination, value);
}

/// <summary>Adds to what is there.</summary>
internal readonly unsafe struct AddingStore : IStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IStore.Store<TLanes, TVec>(float* destination, TVec value) =>
        TLanes.Store(destination, TLanes.Add(TLanes.Load(destination), value));
}

/// <summary>Keeps nothing, where a sum is all that is asked for.</summary>
internal readonly unsafe struct NoStore : IStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IStore.Store<TLanes, TVec>(float* destination, TVec value) { }
}
