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
internal static unsafe class SixPointMaps<TVec, TLanes, TTaps>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TTaps : struct, IWinogradTaps
{
    private const float P = 0.70710678f;
    private const float Q = 1.41421356f;
    private const float P3 = P / 2;
    private const float Q3 = Q * 2;

    /// <summary>Outputs of six points.</summary>
    public static int Outputs => 7 - TTaps.Count;

    /// <summary>B' of so many elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(int points, TVec d0, TVec d1, TVec d2, TVec d3, TVec d4, TVec d5, WinogradElements to)
    {
        if (points > 4)
        {
            TLanes.Store(to.Near(0), TLanes.Add(TLanes.MultiplyAdd(TLanes.Splat(-2.5f), d2, d0), d4));
            StoreParts(TLanes.MultiplyAdd(TLanes.Splat(-2), d2, d4), Combine(P, d3, -Q, d1), to.Near(1), to.Near(2));
            StoreParts(TLanes.MultiplyAdd(TLanes.Splat(-0.5f), d2, d4), Combine(Q, d3, -P, d1), to.Far(3), to.Far(4));
            if (points > 5)
                TLanes.Store(to.Infinity(5), TLanes.Add(TLanes.MultiplyAdd(TLanes.Splat(-2.5f), d3, d1), d5));
        }
        else
        {
            TLanes.Store(to.Near(0), TLanes.MultiplyAdd(TLanes.Splat(-2), d2, d0));
            TVec odd = TLanes.Multiply(TLanes.Splat(-0.75f * Q), d1);
            StoreParts(TLanes.Multiply(TLanes.Splat(-1.5f), d2), odd, to.Near(1), to.Near(2));
            if (points > 3)
                TLanes.Store(to.Infinity(5), TLanes.MultiplyAdd(TLanes.Splat(-0.5f), d1, d3));
        }
    }

    /// <summary>G in place: reads as many elements as taps, writes six.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* g, nint step)
    {
        TVec g0 = TLanes.Load(g),
            g1 = TLanes.Load(g + step),
            g2 = TLanes.Load(g + (2 * step)),
            last = TLanes.Load(g + ((TTaps.Count - 1) * step)),
            near = Combine(-2f / 3, g0, -1f / 3, g2),
            nearOdd = TLanes.Multiply(TLanes.Splat(-Q / 3), g1),
            far = Combine(1f / 6, g0, 1f / 3, g2),
            farOdd = TLanes.Multiply(TLanes.Splat(Q / 6), g1);
        if (TTaps.Count > 3)
        {
            TVec g3 = TLanes.Load(g + (3 * step));
            nearOdd = TLanes.MultiplyAdd(TLanes.Splat(-Q / 6), g3, nearOdd);
            farOdd = TLanes.MultiplyAdd(TLanes.Splat(Q / 3), g3, farOdd);
        }

        if (TTaps.Count > 4)
        {
            near = TLanes.MultiplyAdd(TLanes.Splat(-1f / 6), last, near);
            far = TLanes.MultiplyAdd(TLanes.Splat(2f / 3), last, far);
        }

        StoreParts(near, nearOdd, g + step, g + (2 * step));
        StoreParts(far, farOdd, g + (3 * step), g + (4 * step));
        TLanes.Store(g + (5 * step), last);
    }

    /// <summary>A' of so many elements. Outputs that these do not make are anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output(int points, WinogradElements m, out TVec y0, out TVec y1, out TVec y2, out TVec y3)
    {
        Parts(TLanes.Load(m.Near(1)), TLanes.Load(m.Near(2)), out TVec nearSum, out TVec nearDifference);
        y0 = TLanes.Add(TLanes.Load(m.Near(0)), nearSum);
        (y2, y3) = (TLanes.Zero, TLanes.Zero);
        if (points > 4)
        {
            Parts(TLanes.Load(m.Far(3)), TLanes.Load(m.Far(4)), out TVec farSum, out TVec farDifference);
            y0 = TLanes.Add(y0, farSum);
            y1 = Combine(P, nearDifference, Q, farDifference);
            y2 = Combine(0.5f, nearSum, 2, farSum);
            y3 = Combine(P3, nearDifference, Q3, farDifference);
            if (points > 5)
                AddLast(Outputs, TLanes.Load(m.Infinity(5)), ref y1, ref y2, ref y3);
        }
        else
        {
            y1 = TLanes.Multiply(TLanes.Splat(P), nearDifference);
            if (points > 3 && TTaps.Count == 3)
                y1 = TLanes.Add(y1, TLanes.Load(m.Infinity(5)));
            else if (points > 3)
                y0 = TLanes.Add(y0, TLanes.Load(m.Infinity(5)));
        }
    }

    /// <summary>A of the outputs of so many points; those behind the last are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient(int points, TVec e0, TVec e1, TVec e2, TVec e3, WinogradElements to)
    {
        TLanes.Store(to.Near(0), e0);
        if (points > 4)
        {
            TVec near = e0,
                far = e0,
                nearOdd = TLanes.Multiply(TLanes.Splat(P), e1),
                farOdd = TLanes.Multiply(TLanes.Splat(Q), e1);
            if (Outputs > 2)
            {
                near = TLanes.MultiplyAdd(TLanes.Splat(0.5f), e2, near);
                far = TLanes.MultiplyAdd(TLanes.Splat(2), e2, far);
            }

            if (Outputs > 3)
            {
                nearOdd = TLanes.MultiplyAdd(TLanes.Splat(P3), e3, nearOdd);
                farOdd = TLanes.MultiplyAdd(TLanes.Splat(Q3), e3, farOdd);
            }

            StoreParts(near, nearOdd, to.Near(1), to.Near(2));
            StoreParts(far, farOdd, to.Far(3), to.Far(4));
            if (points > 5)
                TLanes.Store(
                    to.Infinity(5),
                    Outputs > 3 ? e3
                        : Outputs > 2 ? e2
                        : e1
                );
        }
        else
        {
            StoreParts(e0, TLanes.Multiply(TLanes.Splat(P), e1), to.Near(1), to.Near(2));
            if (points > 3)
                TLanes.Store(to.Infinity(5), TTaps.Count == 3 ? e1 : e0);
        }
    }

    /// <summary>G' in place: reads six elements, writes as many as taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Taps(float* m, nint step)
    {
        Parts(TLanes.Load(m + step), TLanes.Load(m + (2 * step)), out TVec nearSum, out TVec nearDifference);
        Parts(TLanes.Load(m + (3 * step)), TLanes.Load(m + (4 * step)), out TVec farSum, out TVec farDifference);
        TLanes.Store(m, TLanes.Add(TLanes.Load(m), Combine(-2f / 3, nearSum, 1f / 6, farSum)));
        TLanes.Store(m + step, Combine(-Q / 3, nearDifference, Q / 6, farDifference));
        TVec last = TLanes.Load(m + (5 * step)),
            third = Combine(-1f / 3, nearSum, 1f / 3, farSum);
        if (TTaps.Count == 3)
        {
            TLanes.Store(m + (2 * step), TLanes.Add(third, last));
            return;
        }

        TLanes.Store(m + (2 * step), third);
        TVec fourth = Combine(-Q / 6, nearDifference, Q / 3, farDifference);
        TLanes.Store(m + (3 * step), TTaps.Count == 4 ? TLanes.Add(fourth, last) : fourth);
        if (TTaps.Count == 5)
            TLanes.Store(m + (4 * step), TLanes.Add(Combine(-1f / 6, nearSum, 2f / 3, farSum), last));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddLast(int outputs, TVec value, ref TVec y1, ref TVec y2, ref TVec y3)
    {
        if (outputs == 4)
            y3 = TLanes.Add(y3, value);
        else if (outputs == 3)
            y2 = TLanes.Add(y2, value);
        else
            y1 = TLanes.Add(y1, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Parts(TVec plus, TVec minus, out TVec sum, out TVec difference)
    {
        sum = TLanes.Add(plus, minus);
        difference = TLanes.Subtract(plus, minus);
    }

    // What even and odd powers come to, at a point and at its negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreParts(TVec even, TVec odd, float* plus, float* minus)
    {
        TLanes.Store(plus, TLanes.Add(even, odd));
        TLanes.Store(minus, TLanes.Subtract(even, odd));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Combine(float a, TVec x, float b, TVec y) =>
        TLanes.MultiplyAdd(TLanes.Splat(a), x, TLanes.Multiply(TLanes.Splat(b), y));
}
