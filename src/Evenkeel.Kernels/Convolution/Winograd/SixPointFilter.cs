using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// F(4x4, 3x3), F(3x3, 4x4) or F(2x2, 5x5): 36 products where the plain sum has 144, 144 or 100. The maps along each axis are those of
/// <see cref="SixPointMaps{TVec,TLanes,TTaps}"/>.
/// </summary>
internal readonly unsafe struct SixPointFilter<TVec, TLanes, TEdges, TTaps> : IWinogradFilter<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TEdges : struct, IWinogradEdges
    where TTaps : struct, IWinogradTaps
{
    private const int Side = 6;

    /// <inheritdoc/>
    public static int Outputs => SixPointMaps<TVec, TLanes, TTaps>.Outputs;

    /// <inheritdoc/>
    public static int Taps => TTaps.Count;

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
        float* kept = planes.Kept;
        for (int column = 0; column < outputs.Columns + TTaps.Count - 1; column++)
        {
            float* target = kept + (column * TLanes.Count);
            if (!pixels.Has(column))
            {
                Clear(target, Side * TLanes.Count);
                continue;
            }

            SixPointMaps<TVec, TLanes, TTaps>.Input(
                outputs.Lines + TTaps.Count - 1,
                pixels.Load<TVec, TLanes, TWidth>(0, column, channel, lanes),
                pixels.Load<TVec, TLanes, TWidth>(1, column, channel, lanes),
                pixels.Load<TVec, TLanes, TWidth>(2, column, channel, lanes),
                pixels.Load<TVec, TLanes, TWidth>(3, column, channel, lanes),
                pixels.Load<TVec, TLanes, TWidth>(4, column, channel, lanes),
                pixels.Load<TVec, TLanes, TWidth>(5, column, channel, lanes),
                new WinogradElements(target, Side * TLanes.Count)
            );
        }

        float* row = planes.Row(channel);
        for (int line = 0; line < Side; line++, kept += Side * TLanes.Count, row += Side * planes.Plane)
        {
            if (!Has(outputs.Lines, line))
                continue;
            SixPointMaps<TVec, TLanes, TTaps>.Input(
                outputs.Columns + TTaps.Count - 1,
                TLanes.Load(kept),
                TLanes.Load(kept + TLanes.Count),
                TLanes.Load(kept + (2 * TLanes.Count)),
                TLanes.Load(kept + (3 * TLanes.Count)),
                TLanes.Load(kept + (4 * TLanes.Count)),
                TLanes.Load(kept + (5 * TLanes.Count)),
                planes.Line<TEdges>(row, WinogradPoints.Of(line, Side))
            );
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* g, nint plane)
    {
        for (int column = 0; column < TTaps.Count; column++)
            SixPointMaps<TVec, TLanes, TTaps>.Weights(g + (column * plane), Side * plane);
        for (int line = 0; line < Side; line++)
            SixPointMaps<TVec, TLanes, TTaps>.Weights(g + (Side * line * plane), plane);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputColumns(ref WinogradPlanes products, (int Lines, int Columns) outputs, nint channel)
    {
        float* kept = products.Kept;
        float* row = products.Row(channel);
        int line = Side * TLanes.Count;
        for (int column = 0; column < Side; column++, kept += TLanes.Count, row += products.Plane)
        {
            if (!Has(outputs.Columns, column))
                continue;
            SixPointMaps<TVec, TLanes, TTaps>.Output(
                outputs.Lines + TTaps.Count - 1,
                products.Column<TEdges>(row, WinogradPoints.Of(column, Side), Side * products.Plane),
                out TVec y0,
                out TVec y1,
                out TVec y2,
                out TVec y3
            );
            TLanes.Store(kept, y0);
            TLanes.Store(kept + line, y1);
            if (Outputs > 2)
                TLanes.Store(kept + (2 * line), y2);
            if (Outputs > 3)
                TLanes.Store(kept + (3 * line), y3);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputLine(float* line, int outputs, out TVec y0, out TVec y1, out TVec y2, out TVec y3) =>
        SixPointMaps<TVec, TLanes, TTaps>.Output(
            outputs + TTaps.Count - 1,
            new WinogradElements(line, TLanes.Count),
            out y0,
            out y1,
            out y2,
            out y3
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
                Clear(target, Side * TLanes.Count);
                continue;
            }

            SixPointMaps<TVec, TLanes, TTaps>.Gradient(
                outputs.Lines + TTaps.Count - 1,
                gradients.Load<TVec, TLanes, TWidth>(0, column, channel, lanes),
                gradients.Load<TVec, TLanes, TWidth>(1, column, channel, lanes),
                Outputs > 2 ? gradients.Load<TVec, TLanes, TWidth>(2, column, channel, lanes) : TLanes.Zero,
                Outputs > 3 ? gradients.Load<TVec, TLanes, TWidth>(3, column, channel, lanes) : TLanes.Zero,
                new WinogradElements(target, Side * TLanes.Count)
            );
        }

        float* row = planes.Row(channel);
        for (int line = 0; line < Side; line++, kept += Side * TLanes.Count, row += Side * planes.Plane)
        {
            if (!Has(outputs.Lines, line))
                continue;
            SixPointMaps<TVec, TLanes, TTaps>.Gradient(
                outputs.Columns + TTaps.Count - 1,
                TLanes.Load(kept),
                TLanes.Load(kept + TLanes.Count),
                TLanes.Load(kept + (2 * TLanes.Count)),
                TLanes.Load(kept + (3 * TLanes.Count)),
                planes.Line<TEdges>(row, WinogradPoints.Of(line, Side))
            );
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(float* m, nint plane)
    {
        for (int column = 0; column < Side; column++)
            SixPointMaps<TVec, TLanes, TTaps>.Taps(m + (column * plane), Side * plane);
        for (int line = 0; line < TTaps.Count; line++)
            SixPointMaps<TVec, TLanes, TTaps>.Taps(m + (Side * line * plane), plane);
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
        outputs == Outputs || WinogradPoints.Has(outputs + TTaps.Count - 1, WinogradPoints.Of(element, Side));
}
