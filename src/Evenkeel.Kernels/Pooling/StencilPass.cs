using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Pooling;

/// <summary>
/// One row of weighted sums over windows. Columns of a window are summed first: where windows are three wide and one apart,
/// each column's sum serves three results from registers. Both ways add in the same order.
/// </summary>
internal readonly unsafe struct StencilPass<TTarget>(
    StencilAxis vertical,
    StencilAxis horizontal,
    float* source,
    int sourceStride,
    float* target,
    int targetStride
) : IColumnPass
    where TTarget : struct, ITarget
{
    private readonly float* _source = source;
    private readonly float* _target = target;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int end = columns - ((columns - column) % TLanes.Count);
        if (end == column)
            return column;
        (int image, int t) = Math.DivRem(row, vertical.Targets);
        int first = vertical.First[t];
        nint line = (nint)horizontal.Sources * sourceStride;
        var lines = new Lines(
            _source + ((((nint)image * vertical.Sources) + first) * line),
            line,
            vertical.Weight + first,
            vertical.End[t] - first
        );
        float* to = _target + ((nint)row * horizontal.Targets * targetStride);
        if (horizontal.SlidesByThree)
            Slide<TLanes, TVec>(lines, to, vertical.Count[t], column, end);
        else
            Gather<TLanes, TVec>(lines, to, vertical.Count[t], column, end);
        return end;
    }

    private void Slide<TLanes, TVec>(in Lines lines, float* to, float count, int column, int end)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int c = column;
        for (; c + (2 * TLanes.Count) <= end; c += 2 * TLanes.Count)
            SlideTwo<TLanes, TVec>(lines, to + c, count, c);
        if (c < end)
            SlideOne<TLanes, TVec>(lines, to + c, count, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SlideTwo<TLanes, TVec>(in Lines lines, float* to, float count, int c)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int w = TLanes.Count;
        int s = horizontal.Offset;
        TVec a0 = Column<TLanes, TVec>(lines, s, c);
        TVec a1 = Column<TLanes, TVec>(lines, s, c + w);
        TVec b0 = Column<TLanes, TVec>(lines, s + 1, c);
        TVec b1 = Column<TLanes, TVec>(lines, s + 1, c + w);
        for (int t = 0; t < horizontal.Targets; t++, to += targetStride)
        {
            TVec d0 = Column<TLanes, TVec>(lines, s + t + 2, c);
            TVec d1 = Column<TLanes, TVec>(lines, s + t + 2, c + w);
            TVec share = TLanes.Splat(1f / (count * horizontal.Count[t]));
            TTarget.Write<TLanes, TVec>(to, TLanes.Multiply(TLanes.Add(TLanes.Add(a0, b0), d0), share));
            TTarget.Write<TLanes, TVec>(to + w, TLanes.Multiply(TLanes.Add(TLanes.Add(a1, b1), d1), share));
            (a0, a1, b0, b1) = (b0, b1, d0, d1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SlideOne<TLanes, TVec>(in Lines lines, float* to, float count, int c)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int s = horizontal.Offset;
        TVec a = Column<TLanes, TVec>(lines, s, c);
        TVec b = Column<TLanes, TVec>(lines, s + 1, c);
        for (int t = 0; t < horizontal.Targets; t++, to += targetStride)
        {
            TVec d = Column<TLanes, TVec>(lines, s + t + 2, c);
            TVec share = TLanes.Splat(1f / (count * horizontal.Count[t]));
            TTarget.Write<TLanes, TVec>(to, TLanes.Multiply(TLanes.Add(TLanes.Add(a, b), d), share));
            (a, b) = (b, d);
        }
    }

    private void Gather<TLanes, TVec>(in Lines lines, float* to, float count, int column, int end)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        for (int t = 0; t < horizontal.Targets; t++, to += targetStride)
        {
            TVec share = TLanes.Splat(1f / (count * horizontal.Count[t]));
            for (int c = column; c < end; c += TLanes.Count)
            {
                TVec sum = TLanes.Zero;
                for (int s = horizontal.First[t]; s < horizontal.End[t]; s++)
                    sum = TLanes.Add(sum, Column<TLanes, TVec>(lines, s, c));
                TTarget.Write<TLanes, TVec>(to + c, TLanes.Multiply(sum, share));
            }
        }
    }

    // The weighted sum of a column of the window; zero outside the image.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Column<TLanes, TVec>(in Lines lines, int s, int c)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec sum = TLanes.Zero;
        if ((uint)s >= (uint)horizontal.Sources)
            return sum;
        float* p = lines.Source + ((nint)s * sourceStride) + c;
        for (int i = 0; i < lines.Count; i++, p += lines.Step)
            sum = TLanes.MultiplyAdd(TLanes.Load(p), TLanes.Splat(lines.Weight[i]), sum);
        return TLanes.Multiply(sum, TLanes.Splat(horizontal.Weight[s]));
    }

    // The rows of the source that a row of results sums.
    private readonly struct Lines(float* source, nint step, float* weight, int count)
    {
        public float* Source { get; } = source;
        public nint Step { get; } = step;
        public float* Weight { get; } = weight;
        public int Count { get; } = count;
    }
}
