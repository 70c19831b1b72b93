using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Norm;

/// <summary>What becomes of a gradient while it is summed.</summary>
internal unsafe interface IGradientSink
{
    /// <summary>Takes one register of the gradient before the activation.</summary>
    static abstract void Write<TLanes, TVec>(float* dx, TVec scale, TVec d)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Nothing: with batch statistics dx needs the sums first.</summary>
internal readonly unsafe struct SumsOnly : IGradientSink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IGradientSink.Write<TLanes, TVec>(float* dx, TVec scale, TVec d) { }
}

/// <summary>dx = scale * d: the statistics are constants, so dx follows at once.</summary>
internal readonly unsafe struct ScaledGradient : IGradientSink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IGradientSink.Write<TLanes, TVec>(float* dx, TVec scale, TVec d) =>
        TLanes.Store(dx, TLanes.Multiply(d, scale));
}

/// <summary>d itself: the gradient of what was added in front of the activation.</summary>
internal readonly unsafe struct KeptGradient : IGradientSink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IGradientSink.Write<TLanes, TVec>(float* dx, TVec scale, TVec d) => TLanes.Store(dx, d);
}
