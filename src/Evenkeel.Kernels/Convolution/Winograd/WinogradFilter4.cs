using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// F(4x4, 3x3): 36 products where the plain sum has 144. Its maps along each axis are those of <see cref="WinogradMaps4{TVec,TLanes}"/>.
/// </summary>
internal readonly unsafe struct WinogradFilter4<TVec, TLanes, TEdges> : IWinogradFilter<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TEdges : struct, IWinogradEdges
{
    private const int Side = 6;

    /// <inheritdoc/>
    public static int Outputs => 4;

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
        for (int column = 0; column < outputs.Columns + 2; column++)
        {
            float* target = kept + (column * TLanes.Count);
            if (!pixels.Has(column))
            {
                Clear(target, Side * TLanes.Count);
                continue;
            }

            WinogradMaps4<TVec, TLanes>.Input(
                outputs.Lines,
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
            WinogradMaps4<TVec, TLanes>.Input(
                outputs.Columns,
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
        WinogradMaps4<TVec, TLanes>.Weights(a0, a1, a2, g, Side * plane);
        WinogradMaps4<TVec, TLanes>.Weights(b0, b1, b2, g + plane, Side * plane);
        WinogradMaps4<TVec, TLanes>.Weights(c0, c1, c2, g + (2 * plane), Side * plane);
        for (int line = 0; line < Side; line++, g += Side * plane)
            WinogradMaps4<TVec, TLanes>.Weights(
                TLanes.Load(g),
                TLanes.Load(g + plane),
                TLanes.Load(g + (2 * plane)),
                g,
                plane
            );
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
            WinogradMaps4<TVec, TLanes>.Outputs(
                outputs.Lines,
                products.Column<TEdges>(row, WinogradPoints.Of(column, Side), Side * products.Plane),
                out TVec y0,
                out TVec y1,
                out TVec y2,
                out TVec y3
            );
            TLanes.Store(kept, y0);
            TLanes.Store(kept + line, y1);
            TLanes.Store(kept + (2 * line), y2);
            TLanes.Store(kept + (3 * line), y3);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputLine(float* line, int outputs, out TVec y0, out TVec y1, out TVec y2, out TVec y3) =>
        WinogradMaps4<TVec, TLanes>.Outputs(
            outputs,
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
        for (int column = 0; column < 4; column++)
        {
            float* target = kept + (column * TLanes.Count);
            if (!gradients.Has(column))
            {
                Clear(target, Side * TLanes.Count);
                continue;
            }

            WinogradMaps4<TVec, TLanes>.Gradient(
                outputs.Lines,
                gradients.Load<TVec, TLanes, TWidth>(0, column, channel, lanes),
                gradients.Load<TVec, TLanes, TWidth>(1, column, channel, lanes),
                gradients.Load<TVec, TLanes, TWidth>(2, column, channel, lanes),
                gradients.Load<TVec, TLanes, TWidth>(3, column, channel, lanes),
                new WinogradElements(target, Side * TLanes.Count)
            );
        }

        float* row = planes.Row(channel);
        for (int line = 0; line < Side; line++, kept += Side * TLanes.Count, row += Side * planes.Plane)
        {
            if (!Has(outputs.Lines, line))
                continue;
            WinogradMaps4<TVec, TLanes>.Gradient(
                outputs.Columns,
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
            WinogradMaps4<TVec, TLanes>.Taps(m + (column * plane), Side * plane);
        for (int line = 0; line < 3; line++)
            WinogradMaps4<TVec, TLanes>.Taps(m + (Side * line * plane), plane);
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
        outputs == 4 || WinogradPoints.Has(outputs, WinogradPoints.Of(element, Side));
}
