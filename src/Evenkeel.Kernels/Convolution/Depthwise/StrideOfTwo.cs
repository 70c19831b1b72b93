using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>Two pixels at a time: the nine weights and what a target has of the column that it shares with the one before stay in registers.</summary>
internal readonly unsafe struct StrideOfTwo : IDepthwiseStride
{
    public static int Pixels => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Add<TLanes, TVec>(TVec sum, TVec x0, TVec x1, TVec x2, TVec w0, TVec w1, TVec w2)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        TLanes.MultiplyAdd(x2, w2, TLanes.MultiplyAdd(x1, w1, TLanes.MultiplyAdd(x0, w0, sum)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Along<TEpilogue, TLanes, TVec>(in DepthwiseSlideRow row, TEpilogue epilogue)
        where TEpilogue : struct, IDepthwiseEpilogue
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec w00 = row.Weight<TLanes, TVec>(0),
            w01 = row.Weight<TLanes, TVec>(1),
            w02 = row.Weight<TLanes, TVec>(2),
            w10 = row.Weight<TLanes, TVec>(3),
            w11 = row.Weight<TLanes, TVec>(4),
            w12 = row.Weight<TLanes, TVec>(5),
            w20 = row.Weight<TLanes, TVec>(6),
            w21 = row.Weight<TLanes, TVec>(7),
            w22 = row.Weight<TLanes, TVec>(8);
        int s = row.Slide.OffsetX,
            last = row.Slide.SourceColumns - 3;
        nint pixel = row.Slide.Channels,
            line = row.Slide.SourceColumns * pixel;
        float* to = row.To;
        row.Source.Read<TLanes, TVec>(s, out TVec x0, out TVec x1, out TVec x2);
        TVec sum = Add<TLanes, TVec>(TLanes.Zero, x0, x1, x2, w00, w10, w20);
        for (int x = 0; x < row.Slide.TargetColumns; x++, s += Pixels, to += row.Step)
        {
            if (s >= 0 && s <= last)
            {
                row.Source.ReadInside<TLanes, TVec>(s + 1, out x0, out x1, out x2);
                sum = Add<TLanes, TVec>(sum, x0, x1, x2, w01, w11, w21);
                row.Source.ReadInside<TLanes, TVec>(s + 2, out x0, out x1, out x2);
            }
            else
            {
                row.Source.Read<TLanes, TVec>(s + 1, out x0, out x1, out x2);
                sum = Add<TLanes, TVec>(sum, x0, x1, x2, w01, w11, w21);
                row.Source.Read<TLanes, TVec>(s + 2, out x0, out x1, out x2);
            }

            Ask(row.Source.Third(s + 1) + line, pixel, line);
            epilogue.Write<TLanes, TVec>(to, Add<TLanes, TVec>(sum, x0, x1, x2, w02, w12, w22), row.Channel);
            sum = Add<TLanes, TVec>(TLanes.Zero, x0, x1, x2, w00, w10, w20);
        }
    }

    // Two pixels of each of the two lines that the next row of outputs sees first; a register of wide pixels is no stream that the processor foresees.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ask(float* below, nint pixel, nint line)
    {
        if (!Sse.IsSupported)
            return;
        Sse.Prefetch1(below);
        Sse.Prefetch1(below + pixel);
        Sse.Prefetch1(below + line);
        Sse.Prefetch1(below + line + pixel);
    }
}
