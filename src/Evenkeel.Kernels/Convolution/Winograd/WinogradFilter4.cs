using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// F(4x4, 3x3): 36 products where the plain sum has 144. The polynomials are met at 0, at p, -p, q and -q with p = sqrt(1/2) and q = sqrt(2),
/// and at infinity: with p q = 1 the factors stay nearer to 1 than those of the usual points 1, -1, 2, -2, and so do the errors.
/// </summary>
/// <remarks>
/// Rows of B', with the points in this order: x^4 - 5/2 x^2 + 1; x^4 ± p x^3 - 2 x^2 ∓ q x; x^4 ± q x^3 - x^2 / 2 ∓ p x; x^5 - 5/2 x^3 + x. Rows of G:
/// the values of the weights' polynomial at the points over 1, -3/2, -3/2, 6, 6, 1. Columns of A': the powers of the points.
/// </remarks>
internal readonly unsafe struct WinogradFilter4<TVec, TLanes> : IWinogradFilter<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    private const int Side = 6;
    private const float P = 0.70710678f;
    private const float Q = 1.41421356f;
    private const float P3 = P / 2;
    private const float Q3 = Q * 2;

    /// <inheritdoc/>
    public static int Outputs => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TWidth>(in PixelSquare pixels, nint channel, int lanes, float* kept, float* to, nint plane)
        where TWidth : struct, ITileWidth
    {
        for (int column = 0; column < Side; column++)
        {
            float* target = kept + (column * TLanes.Count);
            if (!pixels.Has(column))
            {
                Clear(target, Side * TLanes.Count);
                continue;
            }

            InputMap(
                pixels.Load<TVec, TLanes, TWidth>(0, column, channel, lanes),
                pixels.Load<TVec, TLanes, TWidth>(1, column, channel, lanes),
                pixels.Load<TVec, TLanes, TWidth>(2, column, channel, lanes),
                pixels.Load<TVec, TLanes, TWidth>(3, column, channel, lanes),
                pixels.Load<TVec, TLanes, TWidth>(4, column, channel, lanes),
                pixels.Load<TVec, TLanes, TWidth>(5, column, channel, lanes),
                target,
                Side * TLanes.Count
            );
        }

        for (int line = 0; line < Side; line++, kept += Side * TLanes.Count, to += Side * plane)
        {
            InputMap(
                TLanes.Load(kept),
                TLanes.Load(kept + TLanes.Count),
                TLanes.Load(kept + (2 * TLanes.Count)),
                TLanes.Load(kept + (3 * TLanes.Count)),
                TLanes.Load(kept + (4 * TLanes.Count)),
                TLanes.Load(kept + (5 * TLanes.Count)),
                to,
                plane
            );
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* g, nint plane)
    {
        // The nine taps lie where the window's first nine elements will: columns are kept until all are read.
        TVec a0 = TLanes.Load(g),
            a1 = TLanes.Load(g + (3 * plane)),
            a2 = TLanes.Load(g + (6 * plane)),
            b0 = TLanes.Load(g + plane),
            b1 = TLanes.Load(g + (4 * plane)),
            b2 = TLanes.Load(g + (7 * plane)),
            c0 = TLanes.Load(g + (2 * plane)),
            c1 = TLanes.Load(g + (5 * plane)),
            c2 = TLanes.Load(g + (8 * plane));
        WeightMap(a0, a1, a2, g, Side * plane);
        WeightMap(b0, b1, b2, g + plane, Side * plane);
        WeightMap(c0, c1, c2, g + (2 * plane), Side * plane);
        for (int line = 0; line < Side; line++, g += Side * plane)
            WeightMap(TLanes.Load(g), TLanes.Load(g + plane), TLanes.Load(g + (2 * plane)), g, plane);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputColumns(float* m, nint plane, float* kept)
    {
        int line = Side * TLanes.Count;
        for (int column = 0; column < Side; column++, m += plane, kept += TLanes.Count)
        {
            Outputs4(m, Side * plane, out TVec y0, out TVec y1, out TVec y2, out TVec y3);
            TLanes.Store(kept, y0);
            TLanes.Store(kept + line, y1);
            TLanes.Store(kept + (2 * line), y2);
            TLanes.Store(kept + (3 * line), y3);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputLine(float* line, out TVec y0, out TVec y1, out TVec y2, out TVec y3) =>
        Outputs4(line, TLanes.Count, out y0, out y1, out y2, out y3);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient<TWidth>(
        in PixelSquare gradients,
        nint channel,
        int lanes,
        float* kept,
        float* to,
        nint plane
    )
        where TWidth : struct, ITileWidth
    {
        for (int column = 0; column < 4; column++)
        {
            float* target = kept + (column * TLanes.Count);
            if (!gradients.Has(column))
            {
                Clear(target, Side * TLanes.Count);
                continue;
            }

            GradientMap(
                gradients.Load<TVec, TLanes, TWidth>(0, column, channel, lanes),
                gradients.Load<TVec, TLanes, TWidth>(1, column, channel, lanes),
                gradients.Load<TVec, TLanes, TWidth>(2, column, channel, lanes),
                gradients.Load<TVec, TLanes, TWidth>(3, column, channel, lanes),
                target,
                Side * TLanes.Count
            );
        }

        for (int line = 0; line < Side; line++, kept += Side * TLanes.Count, to += Side * plane)
        {
            GradientMap(
                TLanes.Load(kept),
                TLanes.Load(kept + TLanes.Count),
                TLanes.Load(kept + (2 * TLanes.Count)),
                TLanes.Load(kept + (3 * TLanes.Count)),
                to,
                plane
            );
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(float* m, nint plane)
    {
        for (int column = 0; column < Side; column++)
            Taps(m + (column * plane), Side * plane);
        for (int line = 0; line < 3; line++)
            Taps(m + (Side * line * plane), plane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear(float* to, nint step)
    {
        for (int line = 0; line < Side; line++, to += step)
            TLanes.Store(to, TLanes.Zero);
    }

    // B' of six elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputMap(TVec d0, TVec d1, TVec d2, TVec d3, TVec d4, TVec d5, float* to, nint step)
    {
        TLanes.Store(to, TLanes.Add(TLanes.MultiplyAdd(TLanes.Splat(-2.5f), d2, d0), d4));
        StoreParts(TLanes.MultiplyAdd(TLanes.Splat(-2), d2, d4), Combine(P, d3, -Q, d1), to + step, step);
        StoreParts(TLanes.MultiplyAdd(TLanes.Splat(-0.5f), d2, d4), Combine(Q, d3, -P, d1), to + (3 * step), step);
        TLanes.Store(to + (5 * step), TLanes.Add(TLanes.MultiplyAdd(TLanes.Splat(-2.5f), d3, d1), d5));
    }

    // G of three elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightMap(TVec g0, TVec g1, TVec g2, float* to, nint step)
    {
        TLanes.Store(to, g0);
        StoreParts(Combine(-2f / 3, g0, -1f / 3, g2), TLanes.Multiply(TLanes.Splat(-Q / 3), g1), to + step, step);
        StoreParts(Combine(1f / 6, g0, 1f / 3, g2), TLanes.Multiply(TLanes.Splat(Q / 6), g1), to + (3 * step), step);
        TLanes.Store(to + (5 * step), g2);
    }

    // A' of six elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outputs4(float* m, nint step, out TVec y0, out TVec y1, out TVec y2, out TVec y3)
    {
        Parts(TLanes.Load(m + step), TLanes.Load(m + (2 * step)), out TVec nearSum, out TVec nearDifference);
        Parts(TLanes.Load(m + (3 * step)), TLanes.Load(m + (4 * step)), out TVec farSum, out TVec farDifference);
        y0 = TLanes.Add(TLanes.Load(m), TLanes.Add(nearSum, farSum));
        y1 = Combine(P, nearDifference, Q, farDifference);
        y2 = Combine(0.5f, nearSum, 2, farSum);
        y3 = TLanes.Add(Combine(P3, nearDifference, Q3, farDifference), TLanes.Load(m + (5 * step)));
    }

    // A of four elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientMap(TVec e0, TVec e1, TVec e2, TVec e3, float* to, nint step)
    {
        TLanes.Store(to, e0);
        StoreParts(TLanes.MultiplyAdd(TLanes.Splat(0.5f), e2, e0), Combine(P, e1, P3, e3), to + step, step);
        StoreParts(TLanes.MultiplyAdd(TLanes.Splat(2), e2, e0), Combine(Q, e1, Q3, e3), to + (3 * step), step);
        TLanes.Store(to + (5 * step), e3);
    }

    // G' of six elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Taps(float* m, nint step)
    {
        Parts(TLanes.Load(m + step), TLanes.Load(m + (2 * step)), out TVec nearSum, out TVec nearDifference);
        Parts(TLanes.Load(m + (3 * step)), TLanes.Load(m + (4 * step)), out TVec farSum, out TVec farDifference);
        TLanes.Store(m, TLanes.Add(TLanes.Load(m), Combine(-2f / 3, nearSum, 1f / 6, farSum)));
        TLanes.Store(m + step, Combine(-Q / 3, nearDifference, Q / 6, farDifference));
        TLanes.Store(
            m + (2 * step),
            TLanes.Add(Combine(-1f / 3, nearSum, 1f / 3, farSum), TLanes.Load(m + (5 * step)))
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Parts(TVec plus, TVec minus, out TVec sum, out TVec difference)
    {
        sum = TLanes.Add(plus, minus);
        difference = TLanes.Subtract(plus, minus);
    }

    // What even and odd powers come to, at a point and at its negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreParts(TVec even, TVec odd, float* to, nint step)
    {
        TLanes.Store(to, TLanes.Add(even, odd));
        TLanes.Store(to + step, TLanes.Subtract(even, odd));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Combine(float a, TVec x, float b, TVec y) =>
        TLanes.MultiplyAdd(TLanes.Splat(a), x, TLanes.Multiply(TLanes.Splat(b), y));
}
