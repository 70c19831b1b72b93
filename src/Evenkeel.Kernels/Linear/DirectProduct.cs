using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// A product that reads b where it lies, because b is used too few times to repay copying it, or is small enough to stay in
/// the first-level cache. One piece of work for the pool, no synchronisation inside.
/// </summary>
internal readonly unsafe struct DirectProduct<TVec, TLanes> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // b[depth block, panel] is read by every tile row in turn: 256 x 32 floats fill two thirds of a 48 KB cache.
    private const int DepthBlock = 256;

    private readonly Product _product;
    private readonly PaddedEnd<TVec, TLanes> _end;
    private readonly float* _zeros;
    private readonly int _rowParts;
    private readonly int _columnParts;

    /// <summary>Floats of scratch memory per product.</summary>
    public static int ScratchFloats => TileKernels<TVec, TLanes>.Width + PaddedEnd<TVec, TLanes>.Floats;

    /// <summary>Computes <paramref name="product"/>; its b must have a column stride of 1.</summary>
    public static void Run(WorkerPool pool, in Product product)
    {
        (int rowParts, int columnParts) = Grid(product, Partition.FineCount(product.Operations, pool.Active));
        using Scratch lent = pool.Scratch((nuint)ScratchFloats * sizeof(float));
        float* scratch = (float*)lent.Pointer;
        pool.For(rowParts * columnParts, new DirectProduct<TVec, TLanes>(product, scratch, rowParts, columnParts));
    }

    /// <summary>Computes <paramref name="product"/> on the calling thread.</summary>
    public static void RunHere(in Product product, float* scratch) =>
        new DirectProduct<TVec, TLanes>(product, scratch, 1, 1).Run(0);

    // Along the longer side of the result first, so that a thread reads a part of the larger operand only. Parts are numbered down the columns.
    private static (int Rows, int Columns) Grid(in Product product, int parts)
    {
        int mostRows = Math.Max(1, product.Rows / (TileKernels<TVec, TLanes>.MaxHeight / 2));
        int mostColumns = Partition.CeilingDivide(product.Columns, TileKernels<TVec, TLanes>.Width);
        if (product.Rows > product.Columns)
        {
            int rows = Math.Min(parts, mostRows);
            return (rows, Math.Min(Partition.CeilingDivide(parts, rows), mostColumns));
        }

        int columns = Math.Min(parts, mostColumns);
        return (Math.Min(Partition.CeilingDivide(parts, columns), mostRows), columns);
    }

    private DirectProduct(in Product product, float* scratch, int rowParts, int columnParts)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        new Span<float>(scratch, width).Clear();
        _zeros = scratch;
        _end = new PaddedEnd<TVec, TLanes>(product, scratch + width);
        _product = product;
        _rowParts = rowParts;
        _columnParts = columnParts;
    }

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    public void Run(int chunk)
    {
        int rowPart = chunk % _rowParts;
        int columnPart = chunk / _rowParts;
        int panels = Partition.CeilingDivide(_product.Columns, TileKernels<TVec, TLanes>.Width);
        int panelBegin = Partition.Begin(columnPart, _columnParts, panels);
        int panelEnd = Partition.Begin(columnPart + 1, _columnParts, panels);
        int rowBegin = Partition.Begin(rowPart, _rowParts, _product.Rows);
        int rowEnd = Partition.Begin(rowPart + 1, _rowParts, _product.Rows);
        var rows = new RowTiles(rowBegin, rowEnd, TileKernels<TVec, TLanes>.MaxHeight);
        int blocks = Math.Max(1, Partition.CeilingDivide(_product.Depth, DepthBlock));
        Tile tile;
        tile.Ahead = AheadStream.None(&tile);
        tile.AsksForC = false;
        tile.Runs = 1;
        tile.ARunJump = 0;
        tile.BRunJump = 0;
        tile.ARowStride = _product.ARowStride;
        tile.AStepStride = _product.AStepStride;
        tile.BStepStride = _product.BStepStride;
        tile.BLastStride = TileKernels<TVec, TLanes>.Width;
        tile.CRowStride = _product.Columns;
        for (int block = 0; block < blocks; block++)
        {
            int begin = Partition.Begin(block, blocks, _product.Depth);
            int end = Partition.Begin(block + 1, blocks, _product.Depth);
            tile.StartRowStride = begin > 0 ? _product.Columns : 0;
            for (int panel = panelBegin; panel < panelEnd; panel++)
                RunPanel(&tile, panel, rows, begin, end);
        }
    }

    [MethodImpl(HotMethods.Loop)]
    private void RunPanel(Tile* tile, int panel, in RowTiles rows, int begin, int end)
    {
        int column = panel * TileKernels<TVec, TLanes>.Width;
        int columns = Math.Min(TileKernels<TVec, TLanes>.Width, _product.Columns - column);
        int readable = Math.Clamp(_end.ReadableSteps(column, columns), begin, end);
        tile->B = _product.B + (begin * _product.BStepStride) + column;
        tile->Steps = readable - begin;
        tile->BLast = _end.Step(readable);
        tile->LastSteps = end - readable;
        tile->Columns = columns;
        tile->BNext = 0;
        RunTiles(tile, rows, 0, rows.Taller, column, begin);
        RunTiles(tile, rows, rows.Taller, rows.Count - rows.Taller, column, begin);
    }

    // Tiles first to first + count - 1 are equally high.
    [MethodImpl(HotMethods.Loop)]
    private void RunTiles(Tile* tile, in RowTiles rows, int first, int count, int column, int begin)
    {
        if (count == 0)
            return;
        int row = rows.Row(first);
        int height = rows.Height(first);
        tile->Count = count;
        tile->A = _product.A + (begin * _product.AStepStride) + (row * _product.ARowStride);
        tile->ANext = height * _product.ARowStride;
        tile->C = _product.C + ((nint)row * _product.Columns) + column;
        tile->CNext = (nint)height * _product.Columns;
        tile->Start =
            begin > 0 ? tile->C
            : _product.Bias == null ? _zeros
            : _product.Bias + column;
        tile->StartNext = begin > 0 ? tile->CNext : 0;
        TileKernels<TVec, TLanes>.Run(height, tile);
    }
}
