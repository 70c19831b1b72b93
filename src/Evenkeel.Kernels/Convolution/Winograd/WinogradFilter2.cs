using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// F(2x2, 3x3): 16 products where the plain sum has 36. All factors are 0, 1, -1 and 1/2, so small whole numbers stay exact.
/// </summary>
internal readonly unsafe struct WinogradFilter2<TVec, TLanes> : IWinogradFilter<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <inheritdoc/>
    public static int Outputs => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TWidth>(in PixelSquare pixels, nint channel, int lanes, float* kept, float* to, nint plane)
        where TWidth : struct, ITileWidth
    {
        InputColumn<TWidth>(pixels, 0, channel, lanes, out TVec a0, out TVec a1, out TVec a2, out TVec a3);
        InputColumn<TWidth>(pixels, 1, channel, lanes, out TVec b0, out TVec b1, out TVec b2, out TVec b3);
        InputColumn<TWidth>(pixels, 2, channel, lanes, out TVec c0, out TVec c1, out TVec c2, out TVec c3);
        InputColumn<TWidth>(pixels, 3, channel, lanes, out TVec d0, out TVec d1, out TVec d2, out TVec d3);
        InputLine(a0, b0, c0, d0, to, plane);
        InputLine(a1, b1, c1, d1, to + (4 * plane), plane);
        InputLine(a2, b2, c2, d2, to + (8 * plane), plane);
        InputLine(a3, b3, c3, d3, to + (12 * plane), plane);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* g, nint plane)
    {
        TVec half = TLanes.Splat(0.5f);
        WeightColumn(g, plane, half, out TVec a0, out TVec a1, out TVec a2, out TVec a3);
        WeightColumn(g + plane, plane, half, out TVec b0, out TVec b1, out TVec b2, out TVec b3);
        WeightColumn(g + (2 * plane), plane, half, out TVec c0, out TVec c1, out TVec c2, out TVec c3);
        WeightLine(a0, b0, c0, half, g, plane);
        WeightLine(a1, b1, c1, half, g + (4 * plane), plane);
        WeightLine(a2, b2, c2, half, g + (8 * plane), plane);
        WeightLine(a3, b3, c3, half, g + (12 * plane), plane);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputColumns(float* m, nint plane, float* kept)
    {
        for (int column = 0; column < 4; column++, m += plane, kept += TLanes.Count)
        {
            Outputs2(m, 4 * plane, out TVec y0, out TVec y1);
            TLanes.Store(kept, y0);
            TLanes.Store(kept + (4 * TLanes.Count), y1);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputLine(float* line, out TVec y0, out TVec y1, out TVec y2, out TVec y3)
    {
        Outputs2(line, TLanes.Count, out y0, out y1);
        (y2, y3) = (TLanes.Zero, TLanes.Zero);
    }

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
        TVec e0 = Load<TWidth>(gradients, 0, 0, channel, lanes);
        TVec e1 = Load<TWidth>(gradients, 0, 1, channel, lanes);
        TVec e2 = Load<TWidth>(gradients, 1, 0, channel, lanes);
        TVec e3 = Load<TWidth>(gradients, 1, 1, channel, lanes);
        GradientLine(e0, e1, to, plane);
        GradientLine(TLanes.Add(e0, e2), TLanes.Add(e1, e3), to + (4 * plane), plane);
        GradientLine(TLanes.Subtract(e0, e2), TLanes.Subtract(e1, e3), to + (8 * plane), plane);
        GradientLine(TLanes.Subtract(TLanes.Zero, e2), TLanes.Subtract(TLanes.Zero, e3), to + (12 * plane), plane);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(float* m, nint plane)
    {
        for (int column = 0; column < 4; column++)
            Taps(m + (column * plane), 4 * plane);
        for (int line = 0; line < 3; line++)
            Taps(m + (4 * line * plane), plane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputColumn<TWidth>(
        in PixelSquare pixels,
        int column,
        nint channel,
        int lanes,
        out TVec t0,
        out TVec t1,
        out TVec t2,
        out TVec t3
    )
        where TWidth : struct, ITileWidth
    {
        TVec a = Load<TWidth>(pixels, 0, column, channel, lanes);
        TVec b = Load<TWidth>(pixels, 1, column, channel, lanes);
        TVec c = Load<TWidth>(pixels, 2, column, channel, lanes);
        TVec d = Load<TWidth>(pixels, 3, column, channel, lanes);
        t0 = TLanes.Subtract(a, c);
        t1 = TLanes.Add(b, c);
        t2 = TLanes.Subtract(c, b);
        t3 = TLanes.Subtract(b, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputLine(TVec a, TVec b, TVec c, TVec d, float* to, nint plane)
    {
        TLanes.Store(to, TLanes.Subtract(a, c));
        TLanes.Store(to + plane, TLanes.Add(b, c));
        TLanes.Store(to + (2 * plane), TLanes.Subtract(c, b));
        TLanes.Store(to + (3 * plane), TLanes.Subtract(b, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightColumn(
        float* g,
        nint plane,
        TVec half,
        out TVec t0,
        out TVec t1,
        out TVec t2,
        out TVec t3
    )
    {
        t0 = TLanes.Load(g);
        t3 = TLanes.Load(g + (6 * plane));
        TVec middle = TLanes.Multiply(half, TLanes.Load(g + (3 * plane)));
        TVec outer = TLanes.Multiply(half, TLanes.Add(t0, t3));
        t1 = TLanes.Add(outer, middle);
        t2 = TLanes.Subtract(outer, middle);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightLine(TVec a, TVec b, TVec c, TVec half, float* to, nint plane)
    {
        TVec middle = TLanes.Multiply(half, b);
        TVec outer = TLanes.Multiply(half, TLanes.Add(a, c));
        TLanes.Store(to, a);
        TLanes.Store(to + plane, TLanes.Add(outer, middle));
        TLanes.Store(to + (2 * plane), TLanes.Subtract(outer, middle));
        TLanes.Store(to + (3 * plane), c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outputs2(float* m, nint step, out TVec y0, out TVec y1)
    {
        TVec b = TLanes.Load(m + step);
        TVec c = TLanes.Load(m + (2 * step));
        y0 = TLanes.Add(TLanes.Add(TLanes.Load(m), b), c);
        y1 = TLanes.Subtract(TLanes.Subtract(b, c), TLanes.Load(m + (3 * step)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientLine(TVec a, TVec b, float* to, nint plane)
    {
        TLanes.Store(to, a);
        TLanes.Store(to + plane, TLanes.Add(a, b));
        TLanes.Store(to + (2 * plane), TLanes.Subtract(a, b));
        TLanes.Store(to + (3 * plane), TLanes.Subtract(TLanes.Zero, b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Taps(float* m, nint step)
    {
        TVec half = TLanes.Splat(0.5f);
        TVec b = TLanes.Load(m + step);
        TVec c = TLanes.Load(m + (2 * step));
        TVec outer = TLanes.Multiply(half, TLanes.Add(b, c));
        TLanes.Store(m, TLanes.Add(TLanes.Load(m), outer));
        TLanes.Store(m + step, TLanes.Multiply(half, TLanes.Subtract(b, c)));
        TLanes.Store(m + (2 * step), TLanes.Add(outer, TLanes.Load(m + (3 * step))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Load<TWidth>(in PixelSquare pixels, int line, int column, nint channel, int lanes)
        where TWidth : struct, ITileWidth =>
        pixels.Has(column) ? pixels.Load<TVec, TLanes, TWidth>(line, column, channel, lanes) : TLanes.Zero;
}
