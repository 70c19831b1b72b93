using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// A product that reads b where it lies, because b is used too few times to repay copying it, or is small enough to stay in
/// the first-level cache. One piece of work for the pool, no synchronisation inside.
/// </summary>
internal unsafe struct DirectProduct<TVec, TLanes> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // b[depth block, panel] is read by every tile row in turn: 256 x 32 floats fill two thirds of a 48 KB cache.
    private const int DepthBlock = 256;
    private const int CacheFloats = 6 * 1024;

    private Product _product;
    private PaddedEnd<TVec, TLanes> _end;
    private float* _zeros;
    private int _rowParts;
    private int _columnParts;

    /// <summary>Computes <paramref name="product"/>; its b must have a column stride of 1.</summary>
    public static void Run(WorkerPool pool, in Product product)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        float* scratch = (float*)pool.Scratch((nuint)((width + PaddedEnd<TVec, TLanes>.Floats) * sizeof(float)));
        new Span<float>(scratch, width).Clear();
        int parts = Partition.Count(product.Operations, pool.Threads);
        int rowParts = Math.Clamp(product.Rows / (TileKernels<TVec, TLanes>.MaxHeight / 2), 1, parts);
        int columnParts = Math.Min(
            Partition.CeilingDivide(parts, rowParts),
            Partition.CeilingDivide(product.Columns, width)
        );
        var work = new DirectProduct<TVec, TLanes>
        {
            _product = product,
            _end = new PaddedEnd<TVec, TLanes>(product, scratch + width),
            _zeros = scratch,
            _rowParts = rowParts,
            _columnParts = columnParts,
        };
        pool.For(rowParts * columnParts, ref work);
    }

    /// <inheritdoc/>
    public readonly void Run(int chunk)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        int rowPart = chunk % _rowParts;
        int columnPart = chunk / _rowParts;
        int panels = Partition.CeilingDivide(_product.Columns, width);
        var range = new TileRange(
            Partition.Begin(rowPart, _rowParts, _product.Rows),
            Partition.Begin(rowPart + 1, _rowParts, _product.Rows),
            Partition.Begin(columnPart, _columnParts, panels),
            Partition.Begin(columnPart + 1, _columnParts, panels)
        );
        int blocks = Math.Max(1, Partition.CeilingDivide(_product.Depth, DepthBlock));
        bool panelStays = (long)_product.Depth * (range.PanelEnd - range.PanelBegin) * width > CacheFloats;
        for (int block = 0; block < blocks; block++)
        {
            int depthBegin = Partition.Begin(block, blocks, _product.Depth);
            int depthEnd = Partition.Begin(block + 1, blocks, _product.Depth);
            if (panelStays)
                PanelByPanel(range, depthBegin, depthEnd);
            else
                RowsByRows(range, depthBegin, depthEnd);
        }
    }

    private readonly void PanelByPanel(in TileRange range, int depthBegin, int depthEnd)
    {
        int tiles = range.RowTiles(TileKernels<TVec, TLanes>.MaxHeight);
        for (int panel = range.PanelBegin; panel < range.PanelEnd; panel++)
        {
            for (int tile = 0; tile < tiles; tile++)
                RunTile(range, tiles, tile, panel, depthBegin, depthEnd);
        }
    }

    private readonly void RowsByRows(in TileRange range, int depthBegin, int depthEnd)
    {
        int tiles = range.RowTiles(TileKernels<TVec, TLanes>.MaxHeight);
        for (int tile = 0; tile < tiles; tile++)
        {
            for (int panel = range.PanelBegin; panel < range.PanelEnd; panel++)
                RunTile(range, tiles, tile, panel, depthBegin, depthEnd);
        }
    }

    [SkipLocalsInit]
    private readonly void RunTile(in TileRange range, int tiles, int index, int panel, int depthBegin, int depthEnd)
    {
        int row = range.TileBegin(index, tiles);
        int rows = range.TileBegin(index + 1, tiles) - row;
        int column = panel * TileKernels<TVec, TLanes>.Width;
        int columns = Math.Min(TileKernels<TVec, TLanes>.Width, _product.Columns - column);
        float* c = _product.C + ((nint)row * _product.Columns) + column;
        int readable = Math.Clamp(_end.ReadableSteps(column, columns), depthBegin, depthEnd);
        Tile tile;
        tile.A = _product.A + (row * _product.ARowStride) + (depthBegin * _product.AStepStride);
        tile.ARowStride = _product.ARowStride;
        tile.AStepStride = _product.AStepStride;
        tile.B = _product.B + (depthBegin * _product.BStepStride) + column;
        tile.BStepStride = _product.BStepStride;
        tile.Steps = readable - depthBegin;
        tile.BLast = _end.Step(readable);
        tile.BLastStride = TileKernels<TVec, TLanes>.Width;
        tile.LastSteps = depthEnd - readable;
        tile.Start =
            depthBegin > 0 ? c
            : _product.Bias == null ? _zeros
            : _product.Bias + column;
        tile.StartRowStride = depthBegin > 0 ? _product.Columns : 0;
        tile.C = c;
        tile.CRowStride = _product.Columns;
        tile.Columns = columns;
        TileKernels<TVec, TLanes>.Run(rows, &tile);
    }
}
