using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// Where transformed tiles lie: each element of a window in a plane of its own, with a row for each tile that has it (<see cref="WinogradPoints"/>). Planes
/// fill the second-level cache, so each element goes there once, when it is done; what lies between the two passes of a transform stays in memory small
/// enough for the first-level one.
/// </summary>
internal unsafe struct WinogradPlanes
{
    private const int Kinds = WinogradPoints.Kinds;

    private readonly WinogradCut _cut;
    private readonly nint _stride;
    private float* _row;

    // Tiles so far that lack an element, for each kind of point along y and x.
    private fixed int _behind[Kinds * Kinds];

    /// <param name="cut">How tiles are cut.</param>
    /// <param name="first">The first tile's row of the first plane.</param>
    /// <param name="stride">Floats from row to row.</param>
    /// <param name="plane">Floats from plane to plane.</param>
    /// <param name="kept">Memory for a vector of each element of a window.</param>
    public WinogradPlanes(in WinogradCut cut, float* first, nint stride, nint plane, float* kept)
    {
        _cut = cut;
        _row = first;
        _stride = stride;
        Plane = plane;
        Kept = kept;
    }

    /// <summary>Memory for a vector of each element of a window.</summary>
    public float* Kept { get; }

    /// <summary>Floats from plane to plane.</summary>
    public nint Plane { get; }

    /// <summary>Channel <paramref name="channel"/> of the next tile's row, in the first plane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float* Row(nint channel) => _row + channel;

    /// <summary>A line of elements of the next tile.</summary>
    /// <param name="row">The row in the first plane of the line.</param>
    /// <param name="kind">The kind of the line's point.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public WinogradElements Line<TEdges>(float* row, int kind)
        where TEdges : struct, IWinogradEdges =>
        TEdges.AreEven
            ? new WinogradElements(row, Plane)
            : new WinogradElements(
                row - Behind(kind, WinogradPoints.First),
                row - Behind(kind, WinogradPoints.Second),
                row - Behind(kind, WinogradPoints.Third),
                row - Behind(kind, WinogradPoints.Infinity),
                Plane
            );

    /// <summary>A column of elements of the next tile.</summary>
    /// <param name="row">The row in the first plane of the column.</param>
    /// <param name="kind">The kind of the column's point.</param>
    /// <param name="step">Floats from element to element.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public WinogradElements Column<TEdges>(float* row, int kind, nint step)
        where TEdges : struct, IWinogradEdges =>
        TEdges.AreEven
            ? new WinogradElements(row, step)
            : new WinogradElements(
                row - Behind(WinogradPoints.First, kind),
                row - Behind(WinogradPoints.Second, kind),
                row - Behind(WinogradPoints.Third, kind),
                row - Behind(WinogradPoints.Infinity, kind),
                step
            );

    /// <summary>How many of the first <paramref name="tiles"/> tiles, those so far, have plane <paramref name="plane"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Rows(int plane, int window, int tiles)
    {
        int kind = (Kinds * WinogradPoints.Of(plane / window, window)) + WinogradPoints.Of(plane % window, window);
        return tiles - _behind[kind];
    }

    /// <summary>Goes on to the tile behind that at <paramref name="position"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pass(in WinogradTilePosition position)
    {
        _row += _stride;
        if (!_cut.AreEven && (position.IsLastY || position.IsLastX))
            PassLast(position.Outputs, _cut.Taps - 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PassLast((int Lines, int Columns) outputs, int more)
    {
        for (int y = 0; y < Kinds; y++)
        {
            for (int x = 0; x < Kinds; x++)
            {
                if (!WinogradPoints.Has(outputs.Lines + more, y) || !WinogradPoints.Has(outputs.Columns + more, x))
                    _behind[(Kinds * y) + x]++;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint Behind(int y, int x) => _behind[(Kinds * y) + x] * _stride;
}
