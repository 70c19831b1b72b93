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
    public static int Outputs => TMaps.Outputs;

    /// <inheritdoc/>
    public static int Window => TMaps.Points;

    /// <inheritdoc/>
    public static int Taps => TMaps.TapCount;

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
        (int side, int more) = (TMaps.Points, TMaps.TapCount - 1);
        int length = side * TLanes.Count;
        float* kept = planes.Kept;
        for (int column = 0; column < outputs.Columns + more; column++)
        {
            float* target = kept + (column * TLanes.Count);
            if (!pixels.Has(column))
            {
                Clear(target, length);
                continue;
            }

            TMaps.Input(
                outputs.Lines + more,
                pixels.Column<TVec, TLanes, TWidth>(column, channel, lanes),
                new WinogradElements(target, length)
            );
        }

        float* row = planes.Row(channel);
        for (int line = 0; line < side; line++, kept += length, row += side * planes.Plane)
        {
            if (!Has(outputs.Lines, line))
                continue;
            TMaps.Input(
                outputs.Columns + more,
                new KeptLine<TVec, TLanes>(kept),
                planes.Line<TEdges>(row, WinogradPoints.Of(line, side))
            );
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* g, nint plane)
    {
        for (int column = 0; column < Taps; column++)
            TMaps.Weights(g + (column * plane), TMaps.Points * plane);
        for (int line = 0; line < TMaps.Points; line++)
            TMaps.Weights(g + (TMaps.Points * line * plane), plane);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputColumns(ref WinogradPlanes products, (int Lines, int Columns) outputs, nint channel)
    {
        (int side, int more) = (TMaps.Points, TMaps.TapCount - 1);
        int length = side * TLanes.Count;
        float* kept = products.Kept;
        float* row = products.Row(channel);
        for (int column = 0; column < side; column++, kept += TLanes.Count, row += products.Plane)
        {
            if (!Has(outputs.Columns, column))
                continue;
            TMaps.Output(
                outputs.Lines + more,
                products.Column<TEdges>(row, WinogradPoints.Of(column, side), side * products.Plane),
                out TVec y0,
                out TVec y1,
                out TVec y2,
                out TVec y3,
                out TVec y4,
                out TVec y5
            );
            TLanes.Store(kept, y0);
            TLanes.Store(kept + length, y1);
            if (Outputs > 2)
                TLanes.Store(kept + (2 * length), y2);
            if (Outputs > 3)
                TLanes.Store(kept + (3 * length), y3);
            if (Outputs > 4)
                TLanes.Store(kept + (4 * length), y4);
            if (Outputs > 5)
                TLanes.Store(kept + (5 * length), y5);
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
        (int side, int more) = (TMaps.Points, TMaps.TapCount - 1);
        int length = side * TLanes.Count;
        float* kept = planes.Kept;
        for (int column = 0; column < Outputs; column++)
        {
            float* target = kept + (column * TLanes.Count);
            if (!gradients.Has(column))
            {
                Clear(target, length);
                continue;
            }

            TMaps.Gradient(
                outputs.Lines + more,
                gradients.Column<TVec, TLanes, TWidth>(column, channel, lanes),
                new WinogradElements(target, length)
            );
        }

        float* row = planes.Row(channel);
        for (int line = 0; line < side; line++, kept += length, row += side * planes.Plane)
        {
            if (!Has(outputs.Lines, line))
                continue;
            TMaps.Gradient(
                outputs.Columns + more,
                new KeptLine<TVec, TLanes>(kept),
                planes.Line<TEdges>(row, WinogradPoints.Of(line, side))
            );
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(float* m, nint plane)
    {
        for (int column = 0; column < TMaps.Points; column++)
            TMaps.Taps(m + (column * plane), TMaps.Points * plane);
        for (int line = 0; line < Taps; line++)
            TMaps.Taps(m + (TMaps.Points * line * plane), plane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear(float* to, nint step)
    {
        for (int line = 0; line < TMaps.Points; line++, to += step)
            TLanes.Store(to, TLanes.Zero);
    }

    // Whether a tile of so many outputs has an element.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Has(int outputs, int element) =>
        outputs == Outputs || WinogradPoints.Has(outputs + Taps - 1, WinogradPoints.Of(element, TMaps.Points));
}
