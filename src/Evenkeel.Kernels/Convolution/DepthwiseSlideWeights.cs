using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// The weight gradients of one row of outputs of a 3 x 3 kernel that moves one pixel at a time: nine sums and the window of
/// inputs stay in registers along the row.
/// </summary>
internal readonly unsafe struct DepthwiseSlideWeights<TLanes, TVec>
    where TLanes : struct, ILanes<TVec>
    where TVec : unmanaged
{
    /// <summary>Adds the gradients of one register of channels to doubles.</summary>
    /// <param name="slide">From the input to the output.</param>
    /// <param name="rows">The three rows of the input, from the first of these channels on.</param>
    /// <param name="dy">The row of gradients, from the same channel on.</param>
    /// <param name="sums">[9, channels], from the same channel on.</param>
    [MethodImpl(HotMethods.Compilation)]
    public static void Add(in DepthwiseSlide slide, in ThreeRows rows, float* dy, double* sums)
    {
        TVec s0 = TLanes.Zero;
        TVec s1 = TLanes.Zero;
        TVec s2 = TLanes.Zero;
        TVec s3 = TLanes.Zero;
        TVec s4 = TLanes.Zero;
        TVec s5 = TLanes.Zero;
        TVec s6 = TLanes.Zero;
        TVec s7 = TLanes.Zero;
        TVec s8 = TLanes.Zero;
        rows.Read<TLanes, TVec>(slide.OffsetX, out TVec a0, out TVec a1, out TVec a2);
        rows.Read<TLanes, TVec>(slide.OffsetX + 1, out TVec b0, out TVec b1, out TVec b2);
        for (int t = 0; t < slide.TargetColumns; t++, dy += slide.Channels)
        {
            rows.Read<TLanes, TVec>(t + slide.OffsetX + 2, out TVec c0, out TVec c1, out TVec c2);
            TVec d = TLanes.Load(dy);
            s0 = TLanes.MultiplyAdd(a0, d, s0);
            s1 = TLanes.MultiplyAdd(b0, d, s1);
            s2 = TLanes.MultiplyAdd(c0, d, s2);
            s3 = TLanes.MultiplyAdd(a1, d, s3);
            s4 = TLanes.MultiplyAdd(b1, d, s4);
            s5 = TLanes.MultiplyAdd(c1, d, s5);
            s6 = TLanes.MultiplyAdd(a2, d, s6);
            s7 = TLanes.MultiplyAdd(b2, d, s7);
            s8 = TLanes.MultiplyAdd(c2, d, s8);
            (a0, a1, a2) = (b0, b1, b2);
            (b0, b1, b2) = (c0, c1, c2);
        }

        nint channels = slide.Channels;
        TLanes.AddTo(sums, s0);
        TLanes.AddTo(sums + channels, s1);
        TLanes.AddTo(sums + (2 * channels), s2);
        TLanes.AddTo(sums + (3 * channels), s3);
        TLanes.AddTo(sums + (4 * channels), s4);
        TLanes.AddTo(sums + (5 * channels), s5);
        TLanes.AddTo(sums + (6 * channels), s6);
        TLanes.AddTo(sums + (7 * channels), s7);
        TLanes.AddTo(sums + (8 * channels), s8);
    }
}
