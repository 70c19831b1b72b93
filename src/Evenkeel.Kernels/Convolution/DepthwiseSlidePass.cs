using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// One row of targets, a register of channels at a time along the row: the nine weights and two unfinished sums stay in
/// registers, so every pixel of the source is read once per row of targets.
/// </summary>
internal readonly unsafe struct DepthwiseSlidePass<TEpilogue>(
    DepthwiseSlide slide,
    TEpilogue epilogue,
    float* source,
    float* weights,
    float* target,
    int targetStride,
    float* zeros
) : IColumnPass
    where TEpilogue : struct, IDepthwiseEpilogue
{
    private readonly float* _source = source;
    private readonly float* _weights = weights + slide.FirstWeight;
    private readonly float* _target = target;
    private readonly float* _zeros = zeros;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        (int image, int y) = Math.DivRem(row, slide.TargetRows);
        float* from = _source + ((nint)image * slide.SourceRows * slide.SourceColumns * slide.Channels);
        float* to = _target + ((nint)row * slide.TargetColumns * targetStride);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
        {
            var three = new ThreeRows(
                from,
                slide.SourceRows,
                slide.SourceColumns,
                slide.Channels,
                y + slide.OffsetY,
                column,
                _zeros
            );
            Along<TLanes, TVec>(three, to + column, column);
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Dot<TLanes, TVec>(TVec x0, TVec x1, TVec x2, TVec w0, TVec w1, TVec w2)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.MultiplyAdd(x2, w2, TLanes.MultiplyAdd(x1, w1, TLanes.Multiply(x0, w0)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Along<TLanes, TVec>(in ThreeRows rows, float* to, int channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec w00 = Weight<TLanes, TVec>(0, channel);
        TVec w01 = Weight<TLanes, TVec>(1, channel);
        TVec w02 = Weight<TLanes, TVec>(2, channel);
        TVec w10 = Weight<TLanes, TVec>(3, channel);
        TVec w11 = Weight<TLanes, TVec>(4, channel);
        TVec w12 = Weight<TLanes, TVec>(5, channel);
        TVec w20 = Weight<TLanes, TVec>(6, channel);
        TVec w21 = Weight<TLanes, TVec>(7, channel);
        TVec w22 = Weight<TLanes, TVec>(8, channel);

        // What targets t and t + 1 have of the columns read so far.
        rows.Read<TLanes, TVec>(slide.OffsetX, out TVec x0, out TVec x1, out TVec x2);
        TVec near = Dot<TLanes, TVec>(x0, x1, x2, w00, w10, w20);
        rows.Read<TLanes, TVec>(slide.OffsetX + 1, out x0, out x1, out x2);
        near = TLanes.Add(near, Dot<TLanes, TVec>(x0, x1, x2, w01, w11, w21));
        TVec far = Dot<TLanes, TVec>(x0, x1, x2, w00, w10, w20);
        for (int t = 0; t < slide.TargetColumns; t++, to += targetStride)
        {
            rows.Read<TLanes, TVec>(t + slide.OffsetX + 2, out x0, out x1, out x2);
            TVec sum = TLanes.Add(near, Dot<TLanes, TVec>(x0, x1, x2, w02, w12, w22));
            near = TLanes.Add(far, Dot<TLanes, TVec>(x0, x1, x2, w01, w11, w21));
            far = Dot<TLanes, TVec>(x0, x1, x2, w00, w10, w20);
            epilogue.Write<TLanes, TVec>(to, sum, channel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Weight<TLanes, TVec>(int place, int channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.Load(_weights + (place * slide.WeightStep) + channel);
}
