using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Depthwise;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Groups;

/// <summary>
/// The sums of a tile whose registers hold several groups: each channel of a pixel goes to all lanes of its group and is multiplied by its
/// weights for them. A sum is one chain of fused multiply-adds in the order of taps and channels, as in a matrix product.
/// </summary>
internal static unsafe class GroupTile<TVec, TLanes, TAct, THeight>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TAct : struct, IActivation
    where THeight : struct, ITileHeight
{
    /// <param name="tile">The tile.</param>
    /// <param name="sums">What is added up.</param>
    /// <param name="orders">Those of <see cref="GroupOrder{TVec,TLanes}"/> for the channels; a call in here would cost the sums their registers.</param>
    [MethodImpl(HotMethods.Loop)]
    public static void Run(in DepthwiseTile tile, in GroupSums<TAct> sums, float* orders)
    {
        TVec s0 = sums.Bias == null ? TLanes.Zero : TLanes.Load(sums.Bias + tile.Channel),
            s1 = s0,
            s2 = s0,
            s3 = s0,
            s4 = s0,
            s5 = s0,
            s6 = s0;
        float* orderEnd = orders + (sums.Channels * TLanes.Count);
        float* weights = tile.Weights;
        nint step = tile.Step;
        for (float* line = tile.Strip; line < tile.Strip + (tile.TapsY * tile.Line); line += tile.Line)
        {
            float* p3 = line + (3 * step);
            for (float* p = line; p < line + (tile.TapsX * TLanes.Count); p += TLanes.Count, p3 += TLanes.Count)
            {
                for (float* next = orders; next < orderEnd; next += TLanes.Count, weights += TLanes.Count)
                {
                    TVec w = TLanes.Load(weights),
                        order = TLanes.Load(next);
                    Add(p, order, w, ref s0);
                    if (THeight.Rows > 1)
                        Add(p + step, order, w, ref s1);
                    if (THeight.Rows > 2)
                        Add(p + (2 * step), order, w, ref s2);
                    if (THeight.Rows > 3)
                        Add(p3, order, w, ref s3);
                    if (THeight.Rows > 4)
                        Add(p3 + step, order, w, ref s4);
                    if (THeight.Rows > 5)
                        Add(p3 + (2 * step), order, w, ref s5);
                    if (THeight.Rows > 6)
                        Add(p3 + (3 * step), order, w, ref s6);
                }
            }
        }

        Write(tile, sums.Act, 0, s0, s1, s2, s3);
        Write(tile, sums.Act, 4, s4, s5, s6, s6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* pixel, TVec order, TVec w, ref TVec sum) =>
        sum = TLanes.MultiplyAdd(TLanes.Permute(TLanes.Load(pixel), order), w, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(in DepthwiseTile tile, TAct act, int first, TVec a, TVec b, TVec c, TVec d)
    {
        float* to = tile.Target + (first * tile.TargetStep);
        if (THeight.Rows > first)
            TLanes.Store(to, act.Forward<TLanes, TVec>(a));
        if (THeight.Rows > first + 1)
            TLanes.Store(to + tile.TargetStep, act.Forward<TLanes, TVec>(b));
        if (THeight.Rows > first + 2)
            TLanes.Store(to + (2 * tile.TargetStep), act.Forward<TLanes, TVec>(c));
        if (THeight.Rows > first + 3)
            TLanes.Store(to + (3 * tile.TargetStep), act.Forward<TLanes, TVec>(d));
    }
}
