using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Evenkeel.Kernels.Lanes;

/// <summary>
/// Asks for memory that a loop over rows reads soon. The processor's own prefetching leaves a core waiting where rows are wider than what the
/// loop takes of them: with 192 channels batch normalisation takes 1.3 to 1.4 times as long without it on Zen 5.
/// </summary>
internal static unsafe class Prefetch
{
    // Far enough for memory to answer, near enough to stay in the first cache.
    private const int RowsAhead = 8;
    private const int Line = 16;

    /// <summary>Asks for four registers of two matrices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Four<TLanes, TVec>(float* a, nint aStride, float* b, nint bStride)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        Four<TLanes, TVec>(a, aStride);
        Four<TLanes, TVec>(b, bStride);
    }

    /// <summary>Asks for the four registers at <paramref name="at"/>, some rows on; what lies behind the end of the matrix does no harm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Four<TLanes, TVec>(float* at, nint stride)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        if (!Sse.IsSupported)
            return;
        float* ahead = at + (RowsAhead * stride);
        Sse.Prefetch0(ahead);
        if (TLanes.Count >= 8)
            Sse.Prefetch0(ahead + Line);
        if (TLanes.Count >= 16)
        {
            Sse.Prefetch0(ahead + (2 * Line));
            Sse.Prefetch0(ahead + (3 * Line));
        }
    }
}
