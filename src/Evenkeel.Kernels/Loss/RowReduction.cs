using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Loss;

/// <summary>Reductions over one row, which may be as short as a single element.</summary>
internal static unsafe class RowReduction
{
    /// <summary>The largest of <paramref name="count"/> &gt;= 1 elements; NaN if one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max<TLanes, TVec>(float* x, int count)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        if (count >= 2 * TLanes.Count)
            return VectorMax<TLanes, TVec>(x, count);
        return count >= Lanes4.Count
            ? VectorMax<Lanes4, Vector128<float>>(x, count)
            : VectorMax<Lanes1, float>(x, count);
    }

    /// <summary>The sum in double precision; its order depends on the count and the width alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum<TLanes, TVec>(float* x, int count)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        double sum = 0;
        int i = 0;
        if (count >= 4 * TLanes.Count)
        {
            i = count - (count % TLanes.Count);
            sum = VectorSum<TLanes, TVec>(x, i);
        }

        for (; i < count; i++)
            sum += x[i];
        return sum;
    }

    private static float VectorMax<TLanes, TVec>(float* x, int count)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec max = TLanes.Load(x);
        for (int i = TLanes.Count; i + TLanes.Count <= count; i += TLanes.Count)
            max = TLanes.Max(max, TLanes.Load(x + i));

        // The last register overlaps the one before: an element may be compared twice.
        max = TLanes.Max(max, TLanes.Load(x + count - TLanes.Count));
        float* lanes = (float*)&max;
        float result = lanes[0];
        for (int j = 1; j < TLanes.Count; j++)
            result = MathF.Max(result, lanes[j]);
        return result;
    }

    private static double VectorSum<TLanes, TVec>(float* x, int count)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        double* accumulators = stackalloc double[TLanes.Count];
        new Span<double>(accumulators, TLanes.Count).Clear();
        for (int i = 0; i < count; i += TLanes.Count)
            TLanes.AddTo(accumulators, TLanes.Load(x + i));
        double sum = 0;
        for (int j = 0; j < TLanes.Count; j++)
            sum += accumulators[j];
        return sum;
    }
}
