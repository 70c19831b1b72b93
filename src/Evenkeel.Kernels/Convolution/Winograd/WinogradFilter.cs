using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>F(m x m, r x r) by the maps along each axis: first those of columns, then those of lines, or the other way round.</summary>
internal readonly unsafe struct WinogradFilter<TVec, TLanes, TEdges, TMaps> : IWinogradFilter<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TEdges : struct, IWinogradEdges
    where TMaps : struct, IWinogradMaps<TVec>
{
    /// <inheritdoc/>
    public static int Outputs => Side + 1 - Taps;

    /// <inheritdoc/>
    public static int Taps => TMaps.TapCount;

    /// <inheritdoc/>
    public static bool AreEven => TEdges.AreEven;

    private static int Side => TMaps.Points;

    private static int Line => Side * TLanes.Count;

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
        float* kept = planes.Kept;
        for (int column = 0; column < outputs.Columns + Taps - 1; column++)
        {
            float* target = kept + (column * TLanes.Count);
            if (!pixels.Has(column))
            {
                Clear(target, Line);
                continue;
            }

            TMaps.Input(
                outputs.Lines + Taps - 1,
                pixels.Column<TVec, TLanes, TWidth>(column, channel, lanes),
                new WinogradElements(target, Line)
            );
        }

        float* row = planes.Row(channel);
        for (int line = 0; line < Side; line++, kept += Line, row += Side * planes.Plane)
        {
            if (!Has(outputs.Lines, line))
                continue;
            TMaps.Input(
                outputs.Columns + Taps - 1,
                new KeptLine<TVec, TLanes>(kept),
                planes.Line<TEdges>(row, WinogradPoints.Of(line, Side))
            );
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* g, nint plane)
    {
        for (int column = 0; column < Taps; column++)
            TMaps.Weights(g + (column * plane), Side * plane);
        for (int line = 0; line < Side; line++)
            TMaps.Weights(g + (Side * line * plane), plane);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputColumns(ref WinogradPlanes products, (int Lines, int Columns) outputs, nint channel)
    {
        float* kept = products.Kept;
        float* row = products.Row(channel);
        for (int column = 0; column < Side; column++, kept += TLanes.Count, row += products.Plane)
        {
            if (!Has(outputs.Columns, column))
                continue;
            TMaps.Output(
                outputs.Lines + Taps - 1,
                products.Column<TEdges>(row, WinogradPoints.Of(column, Side), Side * products.Plane),
                out TVec y0,
                out TVec y1,
                out TVec y2,
                out TVec y3,
                out TVec y4,
                out TVec y5
            );
            TLanes.Store(kept, y0);
            TLanes.Store(kept + Line, y1);
            if (Outputs > 2)
                TLanes.Store(kept + (2 * Line), y2);
            if (Outputs > 3)
                TLanes.Store(kept + (3 * Line), y3);
            if (Outputs > 4)
                TLanes.Store(kept + (4 * Line), y4);
            if (Outputs > 5)
                TLanes.Store(kept + (5 * Line), y5);
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
    ) =>
        TMaps.Output(
            outputs + Taps - 1,
            new WinogradElements(line, TLanes.Count),
            out y0,
            out y1,
            out y2,
            out y3,
            out y4,
            out y5
        );

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
        float* kept = planes.Kept;
        for (int column = 0; column < Outputs; column++)
        {
            float* target = kept + (column * TLanes.Count);
            if (!gradients.Has(column))
            {
                Clear(target, Line);
                continue;
            }

            TMaps.Gradient(
                outputs.Lines + Taps - 1,
                gradients.Column<TVec, TLanes, TWidth>(column, channel, lanes),
                new WinogradElements(target, Line)
            );
        }

        float* row = planes.Row(channel);
        for (int line = 0; line < Side; line++, kept += Line, row += Side * planes.Plane)
        {
            if (!Has(outputs.Lines, line))
                continue;
            TMaps.Gradient(
                outputs.Columns + Taps - 1,
                new KeptLine<TVec, TLanes>(kept),
                planes.Line<TEdges>(row, WinogradPoints.Of(line, Side))
            );
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(float* m, nint plane)
    {
        for (int column = 0; column < Side; column++)
            TMaps.Taps(m + (column * plane), Side * plane);
        for (int line = 0; line < Taps; line++)
            TMaps.Taps(m + (Side * line * plane), plane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear(float* to, nint step)
    {
        for (int line = 0; line < Side; line++, to += step)
            TLanes.Store(to, TLanes.Zero);
    }

    // Whether a tile of so many outputs has an element.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Has(int outputs, int element) =>
        outputs == Outputs || WinogradPoints.Has(outputs + Taps - 1, WinogradPoints.Of(element, Side));
}
