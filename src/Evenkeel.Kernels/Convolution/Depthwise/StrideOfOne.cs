using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>
/// One pixel at a time: the nine weights and two unfinished sums stay in registers, so every pixel of the source is read once per row of targets.
/// </summary>
internal readonly unsafe struct StrideOfOne : IDepthwiseStride
{
    public static int Pixels => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Dot<TLanes, TVec>(TVec x0, TVec x1, TVec x2, TVec w0, TVec w1, TVec w2)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.MultiplyAdd(x2, w2, TLanes.MultiplyAdd(x1, w1, TLanes.Multiply(x0, w0)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Along<TEpilogue, TLanes, TVec>(in DepthwiseSlideRow row, TEpilogue epilogue)
        where TEpilogue : struct, IDepthwiseEpilogue
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec w00 = row.Weight<TLanes, TVec>(0);
        TVec w01 = row.Weight<TLanes, TVec>(1);
        TVec w02 = row.Weight<TLanes, TVec>(2);
        TVec w10 = row.Weight<TLanes, TVec>(3);
        TVec w11 = row.Weight<TLanes, TVec>(4);
        TVec w12 = row.Weight<TLanes, TVec>(5);
        TVec w20 = row.Weight<TLanes, TVec>(6);
        TVec w21 = row.Weight<TLanes, TVec>(7);
        TVec w22 = row.Weight<TLanes, TVec>(8);
        // What targets t and t + 1 have of the columns read so far.
        row.Source.Read<TLanes, TVec>(row.Slide.OffsetX, out TVec x0, out TVec x1, out TVec x2);
        TVec near = Dot<TLanes, TVec>(x0, x1, x2, w00, w10, w20);
        row.Source.Read<TLanes, TVec>(row.Slide.OffsetX + 1, out x0, out x1, out x2);
        near = TLanes.Add(near, Dot<TLanes, TVec>(x0, x1, x2, w01, w11, w21));
        TVec far = Dot<TLanes, TVec>(x0, x1, x2, w00, w10, w20);
        int s = row.Slide.OffsetX + 2,
            columns = row.Slide.SourceColumns;
        float* first = row.Source.First(s),
            second = row.Source.Second(s),
            third = row.Source.Third(s);
        float* to = row.To;
        for (int end = s + row.Slide.TargetColumns; s < end; s++, to += row.Step)
        {
            x0 = x1 = x2 = TLanes.Zero;
            if ((uint)s < (uint)columns)
            {
                x0 = TLanes.Load(first);
                x1 = TLanes.Load(second);
                x2 = TLanes.Load(third);
            }

            first += row.Source.FirstStep;
            second += row.Source.SecondStep;
            third += row.Source.ThirdStep;
            TVec sum = TLanes.Add(near, Dot<TLanes, TVec>(x0, x1, x2, w02, w12, w22));
            near = TLanes.Add(far, Dot<TLanes, TVec>(x0, x1, x2, w01, w11, w21));
            far = Dot<TLanes, TVec>(x0, x1, x2, w00, w10, w20);
            epilogue.Write<TLanes, TVec>(to, sum, row.Channel);
        }
    }
}
