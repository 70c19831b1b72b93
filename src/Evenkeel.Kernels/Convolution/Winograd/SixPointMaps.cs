using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The maps of minimal filterings that are met at six points along an axis: F(4, 3), F(3, 4) and F(2, 5). The points are 0, p, -p, q and -q with p = sqrt(1/2)
/// and q = sqrt(2), and infinity: with p q = 1 the factors stay nearer to 1 than those of the usual points 1, -1, 2, -2, and so do the errors.
/// </summary>
/// <remarks>
/// Rows of B', with the points in this order: x^4 - 5/2 x^2 + 1; x^4 ± p x^3 - 2 x^2 ∓ q x; x^4 ± q x^3 - x^2 / 2 ∓ p x; x^5 - 5/2 x^3 + x. They do not depend on
/// how many of the points are for taps. Rows of G: the values of the weights' polynomial at the points over 1, -3/2, -3/2, 6, 6, 1, at infinity the last weight.
/// Columns of A': the powers of the points, at infinity the last of them. Five points are all but infinity, with the same rows. Four are 0, p, -p and infinity:
/// x^2 - 1/2 times -2; (x^2 ± p x) times -3/2; x^3 - x / 2. Three are the first of them.
/// </remarks>
internal readonly unsafe struct SixPointMaps<TVec, TLanes, TTaps> : IWinogradMaps<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TTaps : struct, IWinogradTaps
{
    private const float P = 0.70710678f;
    private const float Q = 1.41421356f;
    private const float P3 = P / 2;
    private const float Q3 = Q * 2;

    /// <inheritdoc/>
    public static int Points => 6;

    /// <inheritdoc/>
    public static int TapCount => TTaps.Count;

    /// <inheritdoc/>
    public static int Outputs => 7 - TTaps.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TLine>(int points, TLine d, WinogradElements to)
        where TLine : struct, IWinogradLine<TVec>
    {
        TVec d0 = d.Load(0),
            d1 = d.Load(1),
            d2 = d.Load(2);
        if (points > 4)
        {
            TVec d3 = d.Load(3),
                d4 = d.Load(4);
            TLanes.Store(to.First(0), TLanes.Add(Parts<TVec, TLanes>.Add(-2.5f, d2, d0), d4));
            Parts<TVec, TLanes>.Store(
                Parts<TVec, TLanes>.Add(-2, d2, d4),
                Parts<TVec, TLanes>.Combine(P, d3, -Q, d1),
                to.First(1),
                to.First(2)
            );
            Parts<TVec, TLanes>.Store(
                Parts<TVec, TLanes>.Add(-0.5f, d2, d4),
                Parts<TVec, TLanes>.Combine(Q, d3, -P, d1),
                to.Second(3),
                to.Second(4)
            );
            if (points > 5)
                TLanes.Store(to.Infinity(5), TLanes.Add(Parts<TVec, TLanes>.Add(-2.5f, d3, d1), d.Load(5)));
        }
        else
        {
            TLanes.Store(to.First(0), Parts<TVec, TLanes>.Add(-2, d2, d0));
            Parts<TVec, TLanes>.Store(
                Parts<TVec, TLanes>.Times(-1.5f, d2),
                Parts<TVec, TLanes>.Times(-0.75f * Q, d1),
                to.First(1),
                to.First(2)
            );
            if (points > 3)
                TLanes.Store(to.Infinity(5), Parts<TVec, TLanes>.Add(-0.5f, d1, d.Load(3)));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* g, nint step)
    {
        TVec g0 = TLanes.Load(g),
            g1 = TLanes.Load(g + step),
            g2 = TLanes.Load(g + (2 * step)),
            last = TLanes.Load(g + ((TTaps.Count - 1) * step)),
            even = Parts<TVec, TLanes>.Combine(-2f / 3, g0, -1f / 3, g2),
            odd = Parts<TVec, TLanes>.Times(-Q / 3, g1),
            secondEven = Parts<TVec, TLanes>.Combine(1f / 6, g0, 1f / 3, g2),
            secondOdd = Parts<TVec, TLanes>.Times(Q / 6, g1);
        if (TTaps.Count > 3)
        {
            TVec g3 = TLanes.Load(g + (3 * step));
            odd = Parts<TVec, TLanes>.Add(-Q / 6, g3, odd);
            secondOdd = Parts<TVec, TLanes>.Add(Q / 3, g3, secondOdd);
        }

        if (TTaps.Count > 4)
        {
            even = Parts<TVec, TLanes>.Add(-1f / 6, last, even);
            secondEven = Parts<TVec, TLanes>.Add(2f / 3, last, secondEven);
        }

        Parts<TVec, TLanes>.Store(even, odd, g + step, g + (2 * step));
        Parts<TVec, TLanes>.Store(secondEven, secondOdd, g + (3 * step), g + (4 * step));
        TLanes.Store(g + (5 * step), last);
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
        Parts<TVec, TLanes>.Load(m.First(1), m.First(2), out TVec sum, out TVec difference);
        y0 = TLanes.Add(TLanes.Load(m.First(0)), sum);
        (y2, y3, y4, y5) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        if (points > 4)
        {
            Parts<TVec, TLanes>.Load(m.Second(3), m.Second(4), out TVec secondSum, out TVec secondDifference);
            y0 = TLanes.Add(y0, secondSum);
            y1 = Parts<TVec, TLanes>.Combine(P, difference, Q, secondDifference);
            y2 = Parts<TVec, TLanes>.Combine(0.5f, sum, 2, secondSum);
            y3 = Parts<TVec, TLanes>.Combine(P3, difference, Q3, secondDifference);
            TVec last = points > 5 ? TLanes.Load(m.Infinity(5)) : TLanes.Zero;
            if (TTaps.Count == 3)
                y3 = TLanes.Add(y3, last);
            else if (TTaps.Count == 4)
                y2 = TLanes.Add(y2, last);
            else
                y1 = TLanes.Add(y1, last);
        }
        else
        {
            y1 = Parts<TVec, TLanes>.Times(P, difference);
            TVec last = points > 3 ? TLanes.Load(m.Infinity(5)) : TLanes.Zero;
            if (TTaps.Count == 3)
                y1 = TLanes.Add(y1, last);
            else
                y0 = TLanes.Add(y0, last);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient<TLine>(int points, TLine e, WinogradElements to)
        where TLine : struct, IWinogradLine<TVec>
    {
        TVec e0 = e.Load(0),
            e1 = e.Load(1);
        TLanes.Store(to.First(0), e0);
        if (points > 4)
        {
            TVec even = e0,
                odd = Parts<TVec, TLanes>.Times(P, e1),
                secondEven = e0,
                secondOdd = Parts<TVec, TLanes>.Times(Q, e1);
            if (Outputs > 2)
            {
                even = Parts<TVec, TLanes>.Add(0.5f, e.Load(2), even);
                secondEven = Parts<TVec, TLanes>.Add(2, e.Load(2), secondEven);
            }

            if (Outputs > 3)
            {
                odd = Parts<TVec, TLanes>.Add(P3, e.Load(3), odd);
                secondOdd = Parts<TVec, TLanes>.Add(Q3, e.Load(3), secondOdd);
            }

            Parts<TVec, TLanes>.Store(even, odd, to.First(1), to.First(2));
            Parts<TVec, TLanes>.Store(secondEven, secondOdd, to.Second(3), to.Second(4));
            if (points > 5)
                TLanes.Store(to.Infinity(5), e.Load(Outputs - 1));
        }
        else
        {
            Parts<TVec, TLanes>.Store(e0, Parts<TVec, TLanes>.Times(P, e1), to.First(1), to.First(2));
            if (points > 3)
                TLanes.Store(to.Infinity(5), TTaps.Count == 3 ? e1 : e0);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Taps(float* m, nint step)
    {
        Parts<TVec, TLanes>.Load(m + step, m + (2 * step), out TVec sum, out TVec difference);
        Parts<TVec, TLanes>.Load(m + (3 * step), m + (4 * step), out TVec secondSum, out TVec secondDifference);
        TVec last = TLanes.Load(m + (5 * step));
        TLanes.Store(m, TLanes.Add(TLanes.Load(m), Parts<TVec, TLanes>.Combine(-2f / 3, sum, 1f / 6, secondSum)));
        TLanes.Store(m + step, Parts<TVec, TLanes>.Combine(-Q / 3, difference, Q / 6, secondDifference));
        TLanes.Store(m + (2 * step), Parts<TVec, TLanes>.Combine(-1f / 3, sum, 1f / 3, secondSum));
        if (TTaps.Count > 3)
            TLanes.Store(m + (3 * step), Parts<TVec, TLanes>.Combine(-Q / 6, difference, Q / 3, secondDifference));
        if (TTaps.Count > 4)
            TLanes.Store(m + (4 * step), Parts<TVec, TLanes>.Combine(-1f / 6, sum, 2f / 3, secondSum));
        float* end = m + ((TTaps.Count - 1) * step);
        TLanes.Store(end, TLanes.Add(TLanes.Load(end), last));
    }
}
