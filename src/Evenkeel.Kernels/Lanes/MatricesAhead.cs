using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Evenkeel.Kernels.Lanes;

/// <summary>How a loop over rows of two matrices, four registers of each, asks for what it reads soon.</summary>
internal unsafe interface IMatricesAhead
{
    /// <summary>Asks for what is as long as four registers of each, where the loop is at <paramref name="a"/> and <paramref name="b"/>.</summary>
    void Next<TLanes, TVec>(float* a, float* b)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>For the same columns some rows on.</summary>
/// <param name="aStride">Floats from row to row.</param>
/// <param name="bStride">Floats from row to row.</param>
internal readonly unsafe struct ColumnsAhead(nint aStride, nint bStride) : IMatricesAhead
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next<TLanes, TVec>(float* a, float* b)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => Prefetch.Four<TLanes, TVec>(a, aStride, b, bStride);
}

/// <summary>
/// For whole rows in the order in which they lie, for the second-level cache. A loop takes wide rows a few columns at a time; asked for in that order, they
/// come at half the speed: a core keeps few lines on their way to the first-level cache, and its own prefetching follows lines in order alone.
/// </summary>
/// <param name="a">What is asked for first.</param>
/// <param name="b">What is asked for first.</param>
internal unsafe struct RowsAhead(float* a, float* b) : IMatricesAhead
{
    // Enough for memory to answer, little beside the second-level cache.
    private const int Rows = 64;
    private const int Line = 16;

    private float* _a = a;
    private float* _b = b;

    /// <summary>For a loop over so many rows at the columns from <paramref name="column"/> on; loops at other columns ask for the rest.</summary>
    public static RowsAhead Of(float* a, float* b, nint stride, int rows, int column)
    {
        nint ahead = (Rows * stride) + ((nint)column * rows);
        return new RowsAhead(a + ahead, b + ahead);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next<TLanes, TVec>(float* a, float* b)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        for (int i = 0; Sse.IsSupported && i < 4 * TLanes.Count; i += Line, _a += Line, _b += Line)
        {
            Sse.Prefetch1(_a);
            Sse.Prefetch1(_b);
        }
    }
}
