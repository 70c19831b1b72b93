using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Pooling;

/// <summary>What becomes of a result.</summary>
internal unsafe interface ITarget
{
    /// <summary>Takes one register.</summary>
    static abstract void Write<TLanes, TVec>(float* destination, TVec value)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>It replaces what was there.</summary>
internal readonly unsafe struct Overwrite : ITarget
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void ITarget.Write<TLanes, TVec>(float* destination, TVec value) => TLanes.Store(destination, value);
}

/// <summary>It is added to what was there.</summary>
internal readonly unsafe struct Accumulate : ITarget
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void ITarget.Write<TLanes, TVec>(float* destination, TVec value) =>
        TLanes.Store(destination, TLanes.Add(TLanes.Load(destination), value));
}
