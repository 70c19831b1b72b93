using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// Multiplies the patches of a grid by packed weights: a tile of places gathers its patches once and then passes all panels of the
/// weights. Rows of taps that lie in the padding for the whole tile are left out.
/// </summary>
internal readonly unsafe struct PatchProduct<TVec, TLanes, TEpilogue> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TEpilogue : struct, ITileEpilogue
{
    private readonly PatchGrid _grid;
    private readonly PatchPlan _plan;
    private readonly TEpilogue _epilogue;
    private readonly RowTiles _tiles;

    // What the sums start from: one row of zeros or of biases, or null for what the target holds.
    private readonly float* _start;
    private readonly nint _startStep;

    /// <summary>Prepares the product; <paramref name="bias"/> may be null.</summary>
    public PatchProduct(in PatchGrid grid, in PatchPlan plan, float* bias, TEpilogue epilogue)
    {
        _grid = grid;
        _plan = plan;
        _epilogue = epilogue;
        _tiles = new RowTiles(0, grid.Places, plan.TileRows);
        new Span<float>(plan.Zeros, plan.Width).Clear();
        _start = bias == null ? plan.Zeros : bias;
        _startStep = bias == null ? 0 : plan.Width;
    }

    /// <summary>Computes the product on packed weights.</summary>
    public void Run(WorkerPool pool)
    {
        PatchProduct<TVec, TLanes, TEpilogue> work = this;
        pool.For(_plan.Chunks, ref work);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk)
    {
        int groupBegin = Partition.Begin(chunk, _plan.Chunks, _plan.Groups);
        int groupEnd = Partition.Begin(chunk + 1, _plan.Chunks, _plan.Groups);
        for (int panel = 0; panel < _plan.Panels; panel += _plan.BlockPanels)
        {
            for (int group = groupBegin; group < groupEnd; group++)
            {
                int begin = Partition.Begin(group, _plan.Groups, _tiles.Count);
                int end = Partition.Begin(group + 1, _plan.Groups, _tiles.Count);
                for (int tile = begin; tile < end; tile++)
                    RunTile(chunk, group, tile == begin, tile, panel);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void RunTile(int chunk, int group, bool isFirst, int index, int panel)
    {
        int count = _tiles.Height(index);
        int first = _tiles.Row(index);
        PatchRow* rows = stackalloc PatchRow[count];
        PatchGather<TVec, TLanes>.Locate(_grid, first, count, rows);
        Tile tile;
        int tapFirst = 0;
        int tapEnd = _grid.TapsY;
        if (_grid.ReadsInPlace && !_plan.AlwaysGathers)
        {
            tile.A = rows[0].Image + ((((nint)rows[0].Y * _grid.Width) + rows[0].X) * _grid.PixelStride);
            tile.ARowStride = _grid.PixelStride;
        }
        else
        {
            (tapFirst, tapEnd) = PatchGather<TVec, TLanes>.TapRows(_grid, rows, count);
            tile.A = _plan.Patches(chunk);
            tile.ARowStride = _plan.PatchStride;
            PatchGather<TVec, TLanes>.Run(_grid, rows, count, tapFirst, tapEnd, tile.A, tile.ARowStride);
        }

        tile.AStepStride = 1;
        tile.B = _plan.Panel(panel) + ((nint)tapFirst * _grid.RowDepth * _plan.Width);
        tile.BStepStride = _plan.Width;
        tile.Steps = (nint)(tapEnd - tapFirst) * _grid.RowDepth;
        tile.Runs = 1;
        tile.ARunJump = 0;
        tile.BLast = null;
        tile.BLastStride = 0;
        tile.LastSteps = 0;
        RunPanels(&tile, chunk, group, isFirst, rows, count, panel);
    }

    private void RunPanels(Tile* tile, int chunk, int group, bool isFirst, PatchRow* rows, int count, int panel)
    {
        int column = panel * _plan.Width;
        int columns = Math.Min(_plan.Columns - column, _plan.BlockPanels * _plan.Width);
        nint pitch = count > 1 ? (nint)(rows[1].Target - rows[0].Target) : _grid.TargetPixel;
        bool inPlace = IsEven(rows, count, pitch);
        tile->C = inPlace ? rows[0].Target + column : _plan.Outputs(chunk);
        tile->CRowStride = inPlace ? pitch : _plan.OutputStride;
        tile->CNext = _plan.Width;
        if (_plan.Accumulates)
        {
            if (!inPlace)
                Collect(rows, count, column, columns, tile->C);
            tile->Start = tile->C;
            tile->StartRowStride = tile->CRowStride;
            tile->StartNext = tile->CNext;
        }
        else
        {
            tile->Start = _start + (panel * _startStep);
            tile->StartRowStride = 0;
            tile->StartNext = _startStep;
        }

        float* first = tile->C;
        nint rowStride = tile->CRowStride;
        Multiply(tile, count, columns);
        if (!TEpilogue.IsEmpty)
            _epilogue.Run<TLanes, TVec>(group, isFirst, first, rowStride, count, column, columns);
        if (!inPlace)
            Scatter(rows, count, column, columns, first);
    }

    private void Multiply(Tile* tile, int count, int columns)
    {
        int whole = columns / _plan.Width;
        tile->Columns = _plan.Width;
        tile->Count = whole;
        tile->ANext = 0;
        tile->BNext = _plan.PanelFloats;
        if (whole > 0)
            TileKernels<TVec, TLanes>.Run(count, tile);
        if (whole * _plan.Width == columns)
            return;
        tile->B += whole * tile->BNext;
        tile->C += whole * tile->CNext;
        tile->Start += whole * tile->StartNext;
        tile->Columns = columns - (whole * _plan.Width);
        tile->Count = 1;
        TileKernels<TVec, TLanes>.Run(count, tile);
    }

    private static bool IsEven(PatchRow* rows, int count, nint pitch)
    {
        for (int i = 2; i < count; i++)
        {
            if (rows[i].Target - rows[i - 1].Target != pitch)
                return false;
        }

        return true;
    }

    private void Collect(PatchRow* rows, int count, int column, int columns, float* outputs)
    {
        for (int i = 0; i < count; i++)
            PatchGather<TVec, TLanes>.Copy(rows[i].Target + column, outputs + (i * _plan.OutputStride), columns);
    }

    private void Scatter(PatchRow* rows, int count, int column, int columns, float* outputs)
    {
        for (int i = 0; i < count; i++)
            PatchGather<TVec, TLanes>.Copy(outputs + (i * _plan.OutputStride), rows[i].Target + column, columns);
    }
}
