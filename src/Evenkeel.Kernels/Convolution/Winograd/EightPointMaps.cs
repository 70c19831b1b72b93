using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The maps of minimal filterings that are met at eight points along an axis: F(6, 3), F(5, 4) and F(4, 5). The points are 0, 1, -1, 2, -2, 1/2, -1/2 and
/// infinity. Of the triples of numbers near these none made errors that are much smaller.
/// </summary>
/// <remarks>
/// Rows of B', with the points in this order: 1 - 21/4 x^2 + 21/4 x^4 - x^6; x^6 - 17/4 x^4 + x^2 ± (x^5 - 17/4 x^3 + x);
/// x^6 - 5/4 x^4 + x^2 / 4 ± (2 x^5 - 5/2 x^3 + x / 2); x^6 - 5 x^4 + 4 x^2 ± (x^5 / 2 - 5/2 x^3 + 2 x); x^7 - 21/4 x^5 + 21/4 x^3 - x. Rows of G: the values of
/// the weights' polynomial at the points over 1, -9/2, -9/2, 90, 90, 45/32, 45/32, 1, at infinity the last weight. Columns of A': the powers of the points, at
/// infinity the last of them. Six points are those without 1/2 and -1/2, four are 0, 1, -1 and infinity, each with rows times what G has too little or too much
/// for them; odd numbers of points are all but infinity.
/// </remarks>
internal readonly unsafe struct EightPointMaps<TVec, TLanes, TTaps> : IWinogradMaps<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TTaps : struct, IWinogradTaps
{
    /// <inheritdoc/>
    public static int Points => 8;

    /// <inheritdoc/>
    public static int TapCount => TTaps.Count;

    /// <inheritdoc/>
    public static int Outputs => 9 - TTaps.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TLine>(int points, TLine d, WinogradElements to)
        where TLine : struct, IWinogradLine<TVec>
    {
        if (points > 6)
            EightPointInput<TVec, TLanes>.OfSeven(points, d, to);
        else if (points > 4)
            EightPointInput<TVec, TLanes>.OfFive(points, d, to);
        else
            EightPointInput<TVec, TLanes>.OfThree(points, d, to);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* g, nint step)
    {
        TVec g1 = TLanes.Load(g + step),
            last = TLanes.Load(g + ((TTaps.Count - 1) * step)),
            g3 = TTaps.Count > 3 ? TLanes.Load(g + (3 * step)) : TLanes.Zero,
            g4 = TTaps.Count > 4 ? last : TLanes.Zero,
            outer = TLanes.Load(g),
            middle = TLanes.Load(g + (2 * step));
        Parts<TVec, TLanes>.Store(
            Parts<TVec, TLanes>.Times(-2f / 9, TLanes.Add(TLanes.Add(outer, middle), g4)),
            Parts<TVec, TLanes>.Times(-2f / 9, TLanes.Add(g1, g3)),
            g + step,
            g + (2 * step)
        );
        Parts<TVec, TLanes>.Store(
            Parts<TVec, TLanes>.Add(16f / 90, g4, Parts<TVec, TLanes>.Combine(1f / 90, outer, 4f / 90, middle)),
            Parts<TVec, TLanes>.Combine(2f / 90, g1, 8f / 90, g3),
            g + (3 * step),
            g + (4 * step)
        );
        Parts<TVec, TLanes>.Store(
            Parts<TVec, TLanes>.Add(2f / 45, g4, Parts<TVec, TLanes>.Combine(32f / 45, outer, 8f / 45, middle)),
            Parts<TVec, TLanes>.Combine(16f / 45, g1, 4f / 45, g3),
            g + (5 * step),
            g + (6 * step)
        );
        TLanes.Store(g + (7 * step), last);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output(
        int points,
        WinogradElements m,
        out TVec y0,
        out TVec y1,
        out TVec y2,
        out TVec y3,
        out TVec y4,
        out TVec y5
    )
    {
        Parts<TVec, TLanes>.Load(m.First(1), m.First(2), out y2, out y1);
        y0 = TLanes.Add(TLanes.Load(m.First(0)), y2);
        (y3, y4, y5) = (y1, y2, y1);
        if (points > 4)
        {
            Parts<TVec, TLanes>.Load(m.Second(3), m.Second(4), out TVec sum, out TVec difference);
            y0 = TLanes.Add(y0, sum);
            y1 = Parts<TVec, TLanes>.Add(2, difference, y1);
            y2 = Parts<TVec, TLanes>.Add(4, sum, y2);
            y3 = Parts<TVec, TLanes>.Add(8, difference, y3);
            y4 = Parts<TVec, TLanes>.Add(16, sum, y4);
            y5 = Parts<TVec, TLanes>.Add(32, difference, y5);
        }

        if (points > 6)
        {
            Parts<TVec, TLanes>.Load(m.Third(5), m.Third(6), out TVec sum, out TVec difference);
            y0 = TLanes.Add(y0, sum);
            y1 = Parts<TVec, TLanes>.Add(0.5f, difference, y1);
            y2 = Parts<TVec, TLanes>.Add(0.25f, sum, y2);
            y3 = Parts<TVec, TLanes>.Add(0.125f, difference, y3);
            y4 = Parts<TVec, TLanes>.Add(0.0625f, sum, y4);
            y5 = Parts<TVec, TLanes>.Add(0.03125f, difference, y5);
        }

        if (points % 2 == 0)
            AddLast(points - TTaps.Count, TLanes.Load(m.Infinity(7)), ref y0, ref y1, ref y2, ref y3, ref y4, ref y5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddLast(
        int index,
        TVec value,
        ref TVec y0,
        ref TVec y1,
        ref TVec y2,
        ref TVec y3,
        ref TVec y4,
        ref TVec y5
    )
    {
        if (index == 5)
            y5 = TLanes.Add(y5, value);
        else if (index == 4)
            y4 = TLanes.Add(y4, value);
        else if (index == 3)
            y3 = TLanes.Add(y3, value);
        else if (index == 2)
            y2 = TLanes.Add(y2, value);
        else if (index == 1)
            y1 = TLanes.Add(y1, value);
        else
            y0 = TLanes.Add(y0, value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient<TLine>(int points, TLine e, WinogradElements to)
        where TLine : struct, IWinogradLine<TVec>
    {
        TVec e0 = e.Load(0),
            e1 = e.Load(1),
            e2 = e.Load(2),
            e3 = e.Load(3),
            e4 = Outputs > 4 ? e.Load(4) : TLanes.Zero,
            e5 = Outputs > 5 ? e.Load(5) : TLanes.Zero;
        TLanes.Store(to.First(0), e0);
        Parts<TVec, TLanes>.Store(
            TLanes.Add(TLanes.Add(e0, e2), e4),
            TLanes.Add(TLanes.Add(e1, e3), e5),
            to.First(1),
            to.First(2)
        );
        if (points > 4)
            Parts<TVec, TLanes>.Store(
                Parts<TVec, TLanes>.Add(16, e4, 4, e2, e0),
                Parts<TVec, TLanes>.Add(32, e5, Parts<TVec, TLanes>.Combine(8, e3, 2, e1)),
                to.Second(3),
                to.Second(4)
            );
        if (points > 6)
            Parts<TVec, TLanes>.Store(
                Parts<TVec, TLanes>.Add(0.0625f, e4, 0.25f, e2, e0),
                Parts<TVec, TLanes>.Add(0.03125f, e5, Parts<TVec, TLanes>.Combine(0.125f, e3, 0.5f, e1)),
                to.Third(5),
                to.Third(6)
            );
        if (points % 2 == 0)
            TLanes.Store(to.Infinity(7), e.Load(points - TTaps.Count));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Taps(float* m, nint step)
    {
        Parts<TVec, TLanes>.Load(m + step, m + (2 * step), out TVec sum, out TVec difference);
        Parts<TVec, TLanes>.Load(m + (3 * step), m + (4 * step), out TVec secondSum, out TVec secondDifference);
        Parts<TVec, TLanes>.Load(m + (5 * step), m + (6 * step), out TVec thirdSum, out TVec thirdDifference);
        TVec last = TLanes.Load(m + (7 * step));
        (sum, difference) = (Parts<TVec, TLanes>.Times(-2f / 9, sum), Parts<TVec, TLanes>.Times(-2f / 9, difference));
        TLanes.Store(
            m,
            TLanes.Add(TLanes.Load(m), Parts<TVec, TLanes>.Add(1f / 90, secondSum, 32f / 45, thirdSum, sum))
        );
        TLanes.Store(
            m + step,
            Parts<TVec, TLanes>.Add(2f / 90, secondDifference, 16f / 45, thirdDifference, difference)
        );
        TLanes.Store(m + (2 * step), Parts<TVec, TLanes>.Add(4f / 90, secondSum, 8f / 45, thirdSum, sum));
        if (TTaps.Count > 3)
            TLanes.Store(
                m + (3 * step),
                Parts<TVec, TLanes>.Add(8f / 90, secondDifference, 4f / 45, thirdDifference, difference)
            );
        if (TTaps.Count > 4)
            TLanes.Store(m + (4 * step), Parts<TVec, TLanes>.Add(16f / 90, secondSum, 2f / 45, thirdSum, sum));
        float* end = m + ((TTaps.Count - 1) * step);
        TLanes.Store(end, TLanes.Add(TLanes.Load(end), last));
    }
}
