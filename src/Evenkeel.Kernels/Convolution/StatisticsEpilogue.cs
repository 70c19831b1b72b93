using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// Sums of the outputs and of their squares per channel, shifted by the first output of each group of tiles, which keeps the
/// sums of squares near the variance whatever the mean is. A tile's sums are floats, a group's are doubles, and groups are
/// combined by the rule of Chan, Golub and LeVeque 1983.
/// </summary>
internal readonly unsafe struct StatisticsEpilogue(byte* memory, int paddedChannels) : ITileEpilogue
{
    public static bool IsEmpty => false;

    /// <summary>Bytes for one group.</summary>
    public static nuint GroupBytes(int paddedChannels) =>
        (nuint)paddedChannels * ((2 * sizeof(double)) + sizeof(float));

    [MethodImpl(HotMethods.Compilation)]
    void ITileEpilogue.Run<TLanes, TVec>(
        int group,
        bool isFirst,
        float* tile,
        nint rowStride,
        int rows,
        int column,
        int columns
    )
    {
        double* sums = Sums(group) + column;
        double* squares = sums + paddedChannels;
        float* shifts = Shifts(group) + column;
        for (int i = 0; i < columns; i += TLanes.Count)
        {
            int lanes = Math.Min(TLanes.Count, columns - i);
            if (isFirst)
            {
                TLanes.Store(shifts + i, TLanes.LoadPartial(tile + i, lanes));
                new Span<double>(sums + i, TLanes.Count).Clear();
                new Span<double>(squares + i, TLanes.Count).Clear();
            }

            if (lanes == TLanes.Count)
                Whole<TLanes, TVec>(tile + i, rowStride, rows, shifts + i, sums + i, squares + i);
            else
                Partial<TLanes, TVec>(tile + i, rowStride, rows, lanes, shifts + i, sums + i, squares + i);
        }
    }

    /// <summary>Mean and biased variance of all rows; <paramref name="groupRows"/> gives the rows of each group.</summary>
    public void Finish(int channels, ReadOnlySpan<int> groupRows, Span<double> mean, Span<double> variance)
    {
        for (int channel = 0; channel < channels; channel++)
        {
            double count = 0;
            double average = 0;
            double deviation = 0;
            for (int group = 0; group < groupRows.Length; group++)
            {
                double rows = groupRows[group];
                double sum = Sums(group)[channel];
                double groupMean = Shifts(group)[channel] + (sum / rows);
                double groupDeviation = Math.Max(0, Sums(group)[paddedChannels + channel] - (sum * sum / rows));
                double delta = groupMean - average;
                double total = count + rows;
                average += delta * rows / total;
                deviation += groupDeviation + (delta * delta * count * rows / total);
                count = total;
            }

            mean[channel] = average;
            variance[channel] = deviation / count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Whole<TLanes, TVec>(
        float* tile,
        nint rowStride,
        int rows,
        float* shifts,
        double* sums,
        double* squares
    )
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec shift = TLanes.Load(shifts);
        TVec sum = TLanes.Zero;
        TVec square = TLanes.Zero;
        for (; rows > 0; rows--)
        {
            TVec difference = TLanes.Subtract(TLanes.Load(tile), shift);
            sum = TLanes.Add(sum, difference);
            square = TLanes.MultiplyAdd(difference, difference, square);
            tile += rowStride;
        }

        TLanes.AddTo(sums, sum);
        TLanes.AddTo(squares, square);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Partial<TLanes, TVec>(
        float* tile,
        nint rowStride,
        int rows,
        int lanes,
        float* shifts,
        double* sums,
        double* squares
    )
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec shift = TLanes.Load(shifts);
        TVec sum = TLanes.Zero;
        TVec square = TLanes.Zero;
        for (; rows > 0; rows--)
        {
            TVec difference = TLanes.Subtract(TLanes.LoadPartial(tile, lanes), shift);
            sum = TLanes.Add(sum, difference);
            square = TLanes.MultiplyAdd(difference, difference, square);
            tile += rowStride;
        }

        TLanes.AddTo(sums, sum);
        TLanes.AddTo(squares, square);
    }

    private double* Sums(int group) => (double*)(memory + ((nuint)group * GroupBytes(paddedChannels)));

    private float* Shifts(int group) => (float*)(Sums(group) + (2 * paddedChannels));
}
