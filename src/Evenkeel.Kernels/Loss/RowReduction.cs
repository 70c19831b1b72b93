using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Loss;

/// <summary>Reductions over one row. Four registers are in flight, to hide the time one comparison or addition takes.</summary>
internal static unsafe class RowReduction
{
    private const int CacheLine = 64;

    /// <summary>The largest of <paramref name="count"/> &gt;= 1 elements; NaN if one is NaN.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float Max<TLanes, TVec>(float* x, int count)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        if (count < TLanes.Count)
            return ScalarMax(x, count);

        // Where a register would reach past the end, the last one stands in: an element may be compared twice.
        int last = count - TLanes.Count;
        TVec max0 = TLanes.Load(x);
        TVec max1 = max0;
        TVec max2 = max0;
        TVec max3 = max0;
        for (int i = 0; i < count; i += 4 * TLanes.Count)
        {
            max0 = TLanes.Max(max0, TLanes.Load(x + Math.Min(i, last)));
            max1 = TLanes.Max(max1, TLanes.Load(x + Math.Min(i + TLanes.Count, last)));
            max2 = TLanes.Max(max2, TLanes.Load(x + Math.Min(i + (2 * TLanes.Count), last)));
            max3 = TLanes.Max(max3, TLanes.Load(x + Math.Min(i + (3 * TLanes.Count), last)));
        }

        float* lanes = stackalloc float[TLanes.Count];
        TLanes.Store(lanes, TLanes.Max(TLanes.Max(max0, max1), TLanes.Max(max2, max3)));
        return ScalarMax(lanes, TLanes.Count);
    }

    /// <summary>The sum in double precision; its order depends on the count and the width alone.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Sum<TLanes, TVec>(float* x, int count)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int accumulators = 4 * TLanes.Count;
        byte* memory = stackalloc byte[(accumulators * sizeof(double)) + CacheLine];
        double* sums = (double*)(((nuint)memory + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        new Span<double>(sums, accumulators).Clear();
        int i = 0;
        for (; i + accumulators <= count; i += accumulators)
        {
            TLanes.AddTo(sums, TLanes.Load(x + i));
            TLanes.AddTo(sums + TLanes.Count, TLanes.Load(x + i + TLanes.Count));
            TLanes.AddTo(sums + (2 * TLanes.Count), TLanes.Load(x + i + (2 * TLanes.Count)));
            TLanes.AddTo(sums + (3 * TLanes.Count), TLanes.Load(x + i + (3 * TLanes.Count)));
        }

        for (int j = 0; i < count; i++, j++)
            sums[j] += x[i];
        double sum = 0;
        for (int j = 0; j < accumulators; j++)
            sum += sums[j];
        return sum;
    }

    /// <summary>
    /// The loss of a row, log(sum) - label, from the sum of e^(z - max) and the label's z - max. The sum is at least 1 and the label's
    /// shifted logit at most 0, so nothing cancels; in double, a sum of 1 + 1e-9 still tells the loss of a row that is almost surely right.
    /// </summary>
    public static float Loss(double sum, float label) => (float)(Math.Log(sum) - label);

    private static float ScalarMax(float* x, int count)
    {
        float max = x[0];
        for (int i = 1; i < count; i++)
            max = MathF.Max(max, x[i]);
        return max;
    }
}
