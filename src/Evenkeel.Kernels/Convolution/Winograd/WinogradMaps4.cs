using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The maps of F(4x4, 3x3) along an axis. The polynomials are met at 0, at p, -p, q and -q with p = sqrt(1/2) and q = sqrt(2), and at infinity: with p q = 1
/// the factors stay nearer to 1 than those of the usual points 1, -1, 2, -2, and so do the errors.
/// </summary>
/// <remarks>
/// Rows of B', with the points in this order: x^4 - 5/2 x^2 + 1; x^4 ± p x^3 - 2 x^2 ∓ q x; x^4 ± q x^3 - x^2 / 2 ∓ p x; x^5 - 5/2 x^3 + x. Rows of G:
/// the values of the weights' polynomial at the points over 1, -3/2, -3/2, 6, 6, 1. Columns of A': the powers of the points. Three outputs are met at all
/// points but infinity, with the same rows. Two are met at 0, p, -p and infinity: x^2 - 1/2 times -2; (x^2 ± p x) times -3/2; x^3 - x / 2. One at the first
/// three of them.
/// </remarks>
internal static unsafe class WinogradMaps4<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    private const float P = 0.70710678f;
    private const float Q = 1.41421356f;
    private const float P3 = P / 2;
    private const float Q3 = Q * 2;

    /// <summary>B' of outputs + 2 elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(int outputs, TVec d0, TVec d1, TVec d2, TVec d3, TVec d4, TVec d5, WinogradElements to)
    {
        if (outputs > 2)
        {
            TLanes.Store(to.Near(0), TLanes.Add(TLanes.MultiplyAdd(TLanes.Splat(-2.5f), d2, d0), d4));
            StoreParts(TLanes.MultiplyAdd(TLanes.Splat(-2), d2, d4), Combine(P, d3, -Q, d1), to.Near(1), to.Near(2));
            StoreParts(TLanes.MultiplyAdd(TLanes.Splat(-0.5f), d2, d4), Combine(Q, d3, -P, d1), to.Far(3), to.Far(4));
            if (outputs > 3)
                TLanes.Store(to.Infinity(5), TLanes.Add(TLanes.MultiplyAdd(TLanes.Splat(-2.5f), d3, d1), d5));
        }
        else
        {
            TLanes.Store(to.Near(0), TLanes.MultiplyAdd(TLanes.Splat(-2), d2, d0));
            TVec odd = TLanes.Multiply(TLanes.Splat(-0.75f * Q), d1);
            StoreParts(TLanes.Multiply(TLanes.Splat(-1.5f), d2), odd, to.Near(1), to.Near(2));
            if (outputs > 1)
                TLanes.Store(to.Infinity(5), TLanes.MultiplyAdd(TLanes.Splat(-0.5f), d1, d3));
        }
    }

    /// <summary>G of three elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(TVec g0, TVec g1, TVec g2, float* to, nint step)
    {
        TLanes.Store(to, g0);
        StoreParts(
            Combine(-2f / 3, g0, -1f / 3, g2),
            TLanes.Multiply(TLanes.Splat(-Q / 3), g1),
            to + step,
            to + (2 * step)
        );
        StoreParts(
            Combine(1f / 6, g0, 1f / 3, g2),
            TLanes.Multiply(TLanes.Splat(Q / 6), g1),
            to + (3 * step),
            to + (4 * step)
        );
        TLanes.Store(to + (5 * step), g2);
    }

    /// <summary>A' of outputs + 2 elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Outputs(int outputs, WinogradElements m, out TVec y0, out TVec y1, out TVec y2, out TVec y3)
    {
        Parts(TLanes.Load(m.Near(1)), TLanes.Load(m.Near(2)), out TVec nearSum, out TVec nearDifference);
        y0 = TLanes.Add(TLanes.Load(m.Near(0)), nearSum);
        (y2, y3) = (TLanes.Zero, TLanes.Zero);
        if (outputs > 2)
        {
            Parts(TLanes.Load(m.Far(3)), TLanes.Load(m.Far(4)), out TVec farSum, out TVec farDifference);
            y0 = TLanes.Add(y0, farSum);
            y1 = Combine(P, nearDifference, Q, farDifference);
            y2 = Combine(0.5f, nearSum, 2, farSum);
            if (outputs > 3)
                y3 = TLanes.Add(Combine(P3, nearDifference, Q3, farDifference), TLanes.Load(m.Infinity(5)));
        }
        else
        {
            y1 = TLanes.Multiply(TLanes.Splat(P), nearDifference);
            if (outputs > 1)
                y1 = TLanes.Add(y1, TLanes.Load(m.Infinity(5)));
        }
    }

    /// <summary>A of so many outputs; what follows them are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient(int outputs, TVec e0, TVec e1, TVec e2, TVec e3, WinogradElements to)
    {
        TLanes.Store(to.Near(0), e0);
        if (outputs > 2)
        {
            TVec odd = Combine(P, e1, P3, e3);
            StoreParts(TLanes.MultiplyAdd(TLanes.Splat(0.5f), e2, e0), odd, to.Near(1), to.Near(2));
            StoreParts(TLanes.MultiplyAdd(TLanes.Splat(2), e2, e0), Combine(Q, e1, Q3, e3), to.Far(3), to.Far(4));
            if (outputs > 3)
                TLanes.Store(to.Infinity(5), e3);
        }
        else
        {
            StoreParts(e0, TLanes.Multiply(TLanes.Splat(P), e1), to.Near(1), to.Near(2));
            if (outputs > 1)
                TLanes.Store(to.Infinity(5), e1);
        }
    }

    /// <summary>G' of six elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Taps(float* m, nint step)
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
    private static void StoreParts(TVec even, TVec odd, float* plus, float* minus)
    {
        TLanes.Store(plus, TLanes.Add(even, odd));
        TLanes.Store(minus, TLanes.Subtract(even, odd));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Combine(float a, TVec x, float b, TVec y) =>
        TLanes.MultiplyAdd(TLanes.Splat(a), x, TLanes.Multiply(TLanes.Splat(b), y));
}
