using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// F(2x2, 3x3): 16 products where the plain sum has 36. All factors are 0, 1, -1 and 1/2, so small whole numbers stay exact. A single output along an axis is
/// met at all points but infinity, with the same rows.
/// </summary>
internal readonly unsafe struct FourPointFilter<TVec, TLanes, TEdges> : IWinogradFilter<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TEdges : struct, IWinogradEdges
{
    /// <inheritdoc/>
    public static int Outputs => 2;

    /// <inheritdoc/>
    public static int Window => 4;

    /// <inheritdoc/>
    public static int Taps => 3;

    /// <inheritdoc/>
    public static bool AreEven => TEdges.AreEven;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TWidth>(
        in PixelSquare pixels,
        (int Lines, int Columns) outputs,
        nint channel,
        int lanes,
        ref WinogradPlanes planes
    )
        where TWidth : struct, ITileWidth
    {
        float* row = planes.Row(channel);
        InputColumn<TWidth>(pixels, 0, channel, lanes, out TVec a0, out TVec a1, out TVec a2, out TVec a3);
        InputColumn<TWidth>(pixels, 1, channel, lanes, out TVec b0, out TVec b1, out TVec b2, out TVec b3);
        InputColumn<TWidth>(pixels, 2, channel, lanes, out TVec c0, out TVec c1, out TVec c2, out TVec c3);
        InputColumn<TWidth>(pixels, 3, channel, lanes, out TVec d0, out TVec d1, out TVec d2, out TVec d3);
        InputLine(outputs.Columns, a0, b0, c0, d0, planes.Line<TEdges>(row, WinogradPoints.First));
        InputLine(outputs.Columns, a1, b1, c1, d1, planes.Line<TEdges>(row + (4 * planes.Plane), WinogradPoints.First));
        InputLine(outputs.Columns, a2, b2, c2, d2, planes.Line<TEdges>(row + (8 * planes.Plane), WinogradPoints.First));
        if (outputs.Lines > 1)
            InputLine(
                outputs.Columns,
                a3,
                b3,
                c3,
                d3,
                planes.Line<TEdges>(row + (12 * planes.Plane), WinogradPoints.Infinity)
            );
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
    public static void OutputColumns(ref WinogradPlanes products, (int Lines, int Columns) outputs, nint channel)
    {
        float* kept = products.Kept;
        float* row = products.Row(channel);
        for (int column = 0; column < outputs.Columns + 2; column++, kept += TLanes.Count, row += products.Plane)
        {
            OutputMap(
                outputs.Lines,
                products.Column<TEdges>(row, WinogradPoints.Of(column, 4), 4 * products.Plane),
                out TVec y0,
                out TVec y1
            );
            TLanes.Store(kept, y0);
            TLanes.Store(kept + (4 * TLanes.Count), y1);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputLine(
        float* line,
        int outputs,
        out TVec y0,
        out TVec y1,
        out TVec y2,
        out TVec y3,
        out TVec y4,
        out TVec y5
    )
    {
        OutputMap(outputs, new WinogradElements(line, TLanes.Count), out y0, out y1);
        (y2, y3, y4, y5) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient<TWidth>(
        in PixelSquare gradients,
        (int Lines, int Columns) outputs,
        nint channel,
        int lanes,
        ref WinogradPlanes planes
    )
        where TWidth : struct, ITileWidth
    {
        TVec e0 = Load<TWidth>(gradients, 0, 0, channel, lanes);
        TVec e1 = Load<TWidth>(gradients, 0, 1, channel, lanes);
        TVec e2 = Load<TWidth>(gradients, 1, 0, channel, lanes);
        TVec e3 = Load<TWidth>(gradients, 1, 1, channel, lanes);
        int columns = outputs.Columns;
        float* row = planes.Row(channel);
        GradientLine(columns, e0, e1, planes.Line<TEdges>(row, WinogradPoints.First));
        GradientLine(
            columns,
            TLanes.Add(e0, e2),
            TLanes.Add(e1, e3),
            planes.Line<TEdges>(row + (4 * planes.Plane), WinogradPoints.First)
        );
        GradientLine(
            columns,
            TLanes.Subtract(e0, e2),
            TLanes.Subtract(e1, e3),
            planes.Line<TEdges>(row + (8 * planes.Plane), WinogradPoints.First)
        );
        if (outputs.Lines > 1)
            GradientLine(
                columns,
                TLanes.Subtract(TLanes.Zero, e2),
                TLanes.Subtract(TLanes.Zero, e3),
                planes.Line<TEdges>(row + (12 * planes.Plane), WinogradPoints.Infinity)
            );
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(float* m, nint plane)
    {
        for (int column = 0; column < 4; column++)
            TapLine(m + (column * plane), 4 * plane);
        for (int line = 0; line < 3; line++)
            TapLine(m + (4 * line * plane), plane);
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
    private static void InputLine(int outputs, TVec a, TVec b, TVec c, TVec d, WinogradElements to)
    {
        TLanes.Store(to.First(0), TLanes.Subtract(a, c));
        TLanes.Store(to.First(1), TLanes.Add(b, c));
        TLanes.Store(to.First(2), TLanes.Subtract(c, b));
        if (outputs > 1)
            TLanes.Store(to.Infinity(3), TLanes.Subtract(b, d));
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
        t3 = TLanes.Load(g + (8 * plane));
        TVec middle = TLanes.Multiply(half, TLanes.Load(g + (4 * plane)));
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
    private static void OutputMap(int outputs, WinogradElements m, out TVec y0, out TVec y1)
    {
        TVec b = TLanes.Load(m.First(1));
        TVec c = TLanes.Load(m.First(2));
        y0 = TLanes.Add(TLanes.Add(TLanes.Load(m.First(0)), b), c);
        y1 = outputs > 1 ? TLanes.Subtract(TLanes.Subtract(b, c), TLanes.Load(m.Infinity(3))) : TLanes.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientLine(int outputs, TVec a, TVec b, WinogradElements to)
    {
        TLanes.Store(to.First(0), a);
        TLanes.Store(to.First(1), TLanes.Add(a, b));
        TLanes.Store(to.First(2), TLanes.Subtract(a, b));
        if (outputs > 1)
            TLanes.Store(to.Infinity(3), TLanes.Subtract(TLanes.Zero, b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TapLine(float* m, nint step)
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
