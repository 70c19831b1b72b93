using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// Multiplies the patches of a 3x3 grid by transformed weights: a block of tiles is transformed once and then passes the panels of
/// the weights, a small product for each element of a window and the way back to outputs for each.
/// </summary>
internal readonly unsafe struct WinogradProduct<TVec, TLanes, TFilter, TEpilogue> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TFilter : struct, IWinogradFilter<TVec>
    where TEpilogue : struct, ITileEpilogue
{
    // Outputs of a line that are handed to the epilogue together: 14, as of the tallest tile of a plain product, or the next fewer.
    private const int RunOutputs = 14;

    private readonly PatchGrid _grid;
    private readonly WinogradPlan _plan;
    private readonly TEpilogue _epilogue;
    private readonly float* _bias;

    /// <summary>Prepares the product; <paramref name="bias"/> may be null.</summary>
    public WinogradProduct(in PatchGrid grid, in WinogradPlan plan, float* bias, TEpilogue epilogue)
    {
        _grid = grid;
        _plan = plan;
        _epilogue = epilogue;
        _bias = bias;
    }

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    public void Run(int chunk)
    {
        int slot = _plan.Slots.Take();
        (int groupBegin, int groupEnd) = _plan.Parts.Groups(chunk);
        (int, int) panels = _plan.Parts.Panels(chunk);
        for (int group = groupBegin; group < groupEnd; group++)
        {
            int begin = _plan.FirstUnit(group);
            int end = _plan.FirstUnit(group + 1);
            for (int unit = begin; unit < end; unit += _plan.BlockUnits)
            {
                int first = unit * _plan.UnitTiles;
                int tiles = Math.Min(Math.Min(_plan.BlockUnits, end - unit) * _plan.UnitTiles, _plan.Cut.Tiles - first);
                RunBlock(group, unit == begin, (first, tiles), panels, slot);
            }
        }

        _plan.Slots.Return(slot);
    }

    [MethodImpl(HotMethods.Loop)]
    private void RunBlock(int group, bool isFirst, (int First, int Count) block, (int Begin, int End) panels, int slot)
    {
        (int first, int tiles) = block;
        float* inputs = _plan.Inputs(slot);
        float* products = _plan.Products(slot);
        var position = new WinogradTilePosition(first, _plan.Cut);
        WinogradTiles<TVec, TLanes, TFilter>.Inputs(
            WinogradLines.Make(_grid, _plan.Cut, first, tiles, _plan.Lines(slot)),
            position,
            tiles,
            _plan.Zeros,
            new WinogradPlanes(inputs, _plan.InputStride, _plan.InputPlane, _plan.Kept(slot))
        );
        var ahead = new WinogradAhead(
            _grid,
            _plan.Columns,
            _plan.Cut,
            (first + tiles, first + (2 * tiles)),
            (first, first + tiles)
        );
        nint steps = (nint)_plan.Cut.Planes * Partition.CeilingDivide(tiles, _plan.UnitTiles) * _plan.Channels;
        ahead.BySteps(steps, _plan.Zeros);
        for (int panel = panels.Begin; panel < panels.End; panel++)
        {
            Multiply(panel, tiles, inputs, products, ref ahead);
            WriteOutputs(group, isFirst, panel, block, products, _plan.Kept(slot));
        }
    }

    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    private void Multiply(int panel, int tiles, float* inputs, float* products, ref WinogradAhead ahead)
    {
        (int whole, int rest) = Math.DivRem(tiles, _plan.UnitTiles);
        Tile tile;
        tile.Ahead = ahead.Steps;
        tile.AsksForC = false;
        tile.ARowStride = _plan.InputStride;
        tile.AStepStride = 1;
        tile.ARunJump = 0;
        tile.ANext = _plan.UnitTiles * _plan.InputStride;
        tile.BStepStride = _plan.Width;
        tile.BRunJump = 0;
        tile.BNext = 0;
        tile.BLast = null;
        tile.BLastStride = 0;
        tile.LastSteps = 0;
        tile.Steps = _plan.Channels;
        tile.Runs = 1;
        tile.StartRowStride = 0;
        tile.StartNext = 0;
        tile.Start = _plan.Zeros;
        tile.CRowStride = _plan.ProductStride;
        tile.CNext = _plan.UnitTiles * _plan.ProductStride;
        tile.Columns = ColumnsOf(panel);
        float* weights = _plan.Weights.Panel(panel);
        for (int plane = 0; plane < _plan.Cut.Planes; plane++)
        {
            ahead.NextMade(_epilogue);
            tile.A = inputs + (plane * _plan.InputPlane);
            tile.B = weights + (plane * _plan.WeightPlane);
            tile.C = products + (plane * _plan.ProductPlane);
            tile.Count = whole;
            if (whole > 0)
                TileKernels<TVec, TLanes>.Run(_plan.UnitTiles, &tile);
            if (rest == 0)
                continue;
            tile.A += whole * tile.ANext;
            tile.C += whole * tile.CNext;
            tile.Count = 1;
            TileKernels<TVec, TLanes>.Run(rest, &tile);
        }

        ahead.Steps = tile.Ahead;
    }

    private int ColumnsOf(int panel) => Math.Min(_plan.Width, _plan.Columns - (panel * _plan.Width));

    [MethodImpl(HotMethods.Loop)]
    private void WriteOutputs(
        int group,
        bool isFirst,
        int panel,
        (int First, int Count) block,
        float* products,
        float* kept
    )
    {
        int column = panel * _plan.Width;
        int columns = ColumnsOf(panel);
        float* bias = _bias == null ? null : _bias + column;
        var position = new WinogradTilePosition(block.First, _plan.Cut);
        int tiles = block.Count;
        while (tiles > 0)
        {
            int y = TFilter.Outputs * position.Y;
            int x = TFilter.Outputs * position.X;
            int run = Math.Min(Math.Min(tiles, RunOutputs / TFilter.Outputs), _plan.Cut.TilesX - position.X);
            int lines = Math.Min(TFilter.Outputs, _grid.PositionsY - y);
            int positions = Math.Min(TFilter.Outputs * run, _grid.PositionsX - x);
            float* target =
                _grid.Target
                + (position.Image * _grid.TargetImage)
                + (y * _grid.TargetStepY)
                + (x * _grid.TargetPixel)
                + column;
            for (int i = 0; i < run; i++)
            {
                int done = TFilter.Outputs * i;
                float* to = target + (done * _grid.TargetPixel);
                WriteTile(products + (i * _plan.ProductStride), kept, to, bias, (lines, positions - done), columns);
            }

            for (int line = 0; line < lines && !TEpilogue.IsEmpty; line++)
            {
                float* outputs = target + (line * _grid.TargetStepY);
                bool begins = isFirst && line == 0;
                _epilogue.Run<TLanes, TVec>(group, begins, outputs, _grid.TargetPixel, positions, column, columns);
            }

            isFirst = false;
            products += run * _plan.ProductStride;
            tiles -= run;
            position.Move(run);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteTile(
        float* products,
        float* kept,
        float* to,
        float* bias,
        (int Lines, int Positions) inside,
        int columns
    )
    {
        nint plane = _plan.ProductPlane;
        for (int i = 0; i < columns; i += TLanes.Count)
        {
            int lanes = Math.Min(TLanes.Count, columns - i);
            float* from = kept;
            float* target = to + i;
            TVec start = bias == null ? TLanes.Zero : TLanes.LoadPartial(bias + i, lanes);
            TFilter.OutputColumns(products + i, plane, kept);
            for (int line = 0; line < inside.Lines && line < TFilter.Outputs; line++)
            {
                TFilter.OutputLine(from, out TVec y0, out TVec y1, out TVec y2, out TVec y3);
                Write(target, y0, start, lanes);
                if (inside.Positions > 1)
                    Write(target + _grid.TargetPixel, y1, start, lanes);
                if (TFilter.Outputs == 4 && inside.Positions > 2)
                    Write(target + (2 * _grid.TargetPixel), y2, start, lanes);
                if (TFilter.Outputs == 4 && inside.Positions > 3)
                    Write(target + (3 * _grid.TargetPixel), y3, start, lanes);
                from += (TFilter.Outputs + 2) * TLanes.Count;
                target += _grid.TargetStepY;
            }
        }
    }

    // A value written to memory that others add to starts from what is there; its bias is nothing then.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(float* to, TVec value, TVec start, int lanes)
    {
        if (lanes == TLanes.Count)
            TLanes.Store(to, TLanes.Add(_plan.Accumulates ? TLanes.Load(to) : start, value));
        else
            TLanes.StorePartial(
                to,
                TLanes.Add(_plan.Accumulates ? TLanes.LoadPartial(to, lanes) : start, value),
                lanes
            );
    }
}
