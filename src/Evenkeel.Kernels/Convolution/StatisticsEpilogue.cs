using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Reduction;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// Sums of the outputs and of their squares per channel, shifted by the first output of each group of tiles, which keeps the
/// sums of squares near the variance whatever the mean is. A tile's sums are floats, a group's are doubles, and groups are
/// merged as <see cref="ChannelMoments"/>.
/// </summary>
internal readonly unsafe struct StatisticsEpilogue(byte* memory, int paddedChannels) : ITileEpilogue
{
    public static bool IsEmpty => false;

    public static bool NeedsPlace => false;

    /// <summary>Bytes for one group.</summary>
    public static nuint GroupBytes(int paddedChannels) =>
        (nuint)paddedChannels * ((2 * sizeof(double)) + sizeof(float));

    [MethodImpl(HotMethods.Loop)]
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

    /// <summary>The moments of all rows; <paramref name="groupRows"/> gives the rows of each group.</summary>
    public void Finish(ReadOnlySpan<int> groupRows, in ChannelMoments moments)
    {
        int channels = moments.Mean.Length;
        moments.Clear();
        for (int group = 0; group < groupRows.Length; group++)
        {
            double rows = groupRows[group];
            double* sums = Sums(group),
                squares = sums + paddedChannels;
            for (int channel = 0; channel < channels; channel++)
            {
                double sum = sums[channel];
                squares[channel] = Math.Max(0, squares[channel] - (sum * sum / rows));
                sums[channel] = Shifts(group)[channel] + (sum / rows);
            }

            moments.Merge(rows, new Span<double>(sums, channels), new Span<double>(squares, channels));
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
