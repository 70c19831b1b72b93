using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>The rows of B' of <see cref="EightPointMaps{TVec,TLanes,TTaps}"/>, for each number of points.</summary>
internal static unsafe class EightPointInput<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>B' of 7 elements, or of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OfSeven<TLine>(int points, TLine d, WinogradElements to)
        where TLine : struct, IWinogradLine<TVec>
    {
        TVec d1 = d.Load(1),
            d2 = d.Load(2),
            d3 = d.Load(3),
            d4 = d.Load(4),
            d5 = d.Load(5),
            d6 = d.Load(6);
        TLanes.Store(
            to.First(0),
            Parts<TVec, TLanes>.Add(5.25f, TLanes.Subtract(d4, d2), TLanes.Subtract(d.Load(0), d6))
        );
        Parts<TVec, TLanes>.Store(
            Parts<TVec, TLanes>.Add(-4.25f, d4, TLanes.Add(d2, d6)),
            Parts<TVec, TLanes>.Add(-4.25f, d3, TLanes.Add(d1, d5)),
            to.First(1),
            to.First(2)
        );
        Parts<TVec, TLanes>.Store(
            Parts<TVec, TLanes>.Add(-1.25f, d4, 0.25f, d2, d6),
            Parts<TVec, TLanes>.Add(2, d5, Parts<TVec, TLanes>.Combine(-2.5f, d3, 0.5f, d1)),
            to.Second(3),
            to.Second(4)
        );
        Parts<TVec, TLanes>.Store(
            Parts<TVec, TLanes>.Add(-5, d4, 4, d2, d6),
            Parts<TVec, TLanes>.Add(0.5f, d5, Parts<TVec, TLanes>.Combine(-2.5f, d3, 2, d1)),
            to.Third(5),
            to.Third(6)
        );
        if (points > 7)
            TLanes.Store(
                to.Infinity(7),
                Parts<TVec, TLanes>.Add(5.25f, TLanes.Subtract(d3, d5), TLanes.Subtract(d.Load(7), d1))
            );
    }

    /// <summary>B' of 5 elements, or of 6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OfFive<TLine>(int points, TLine d, WinogradElements to)
        where TLine : struct, IWinogradLine<TVec>
    {
        TVec d1 = d.Load(1),
            d2 = d.Load(2),
            d3 = d.Load(3),
            d4 = d.Load(4);
        TLanes.Store(to.First(0), Parts<TVec, TLanes>.Add(0.25f, d4, -1.25f, d2, d.Load(0)));
        Parts<TVec, TLanes>.Store(
            Parts<TVec, TLanes>.Combine(0.75f, d4, -3, d2),
            Parts<TVec, TLanes>.Combine(0.75f, d3, -3, d1),
            to.First(1),
            to.First(2)
        );
        Parts<TVec, TLanes>.Store(
            Parts<TVec, TLanes>.Times(3.75f, TLanes.Subtract(d4, d2)),
            Parts<TVec, TLanes>.Times(7.5f, TLanes.Subtract(d3, d1)),
            to.Second(3),
            to.Second(4)
        );
        if (points > 5)
            TLanes.Store(to.Infinity(7), Parts<TVec, TLanes>.Add(-5, d3, 4, d1, d.Load(5)));
    }

    /// <summary>B' of 3 elements, or of 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OfThree<TLine>(int points, TLine d, WinogradElements to)
        where TLine : struct, IWinogradLine<TVec>
    {
        TVec d1 = d.Load(1),
            d2 = d.Load(2);
        TLanes.Store(to.First(0), TLanes.Subtract(d.Load(0), d2));
        Parts<TVec, TLanes>.Store(
            Parts<TVec, TLanes>.Times(-2.25f, d2),
            Parts<TVec, TLanes>.Times(-2.25f, d1),
            to.First(1),
            to.First(2)
        );
        if (points > 3)
            TLanes.Store(to.Infinity(7), TLanes.Subtract(d.Load(3), d1));
    }
}
