using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// Multiplies the patches of a 3x3 grid by transformed weights: a block of tiles is transformed once and then passes the panels of
/// the weights, 16 small products and the way back to outputs for each.
/// </summary>
internal readonly unsafe struct WinogradProduct<TVec, TLanes, TEpilogue> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TEpilogue : struct, ITileEpilogue
{
    // Tiles whose outputs are handed to the epilogue together: lines of 14, as of the tallest tile of a plain product.
    private const int RunTiles = 7;

    // The element that all four outputs of a tile contain once; its product starts from the bias.
    private const int CommonPlane = 5;

    private readonly PatchGrid _grid;
    private readonly WinogradPlan _plan;
    private readonly TEpilogue _epilogue;
    private readonly float* _bias;
    private readonly ScratchSlots _slots;

    /// <summary>Prepares the product; <paramref name="bias"/> may be null.</summary>
    public WinogradProduct(in PatchGrid grid, in WinogradPlan plan, float* bias, TEpilogue epilogue)
    {
        _grid = grid;
        _plan = plan;
        _epilogue = epilogue;
        _bias = bias;
        _slots = plan.FreeSlots();
    }

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Compilation)]
    public void Run(int chunk)
    {
        int slot = _slots.Take();
        int groupEnd = Partition.Begin(chunk + 1, _plan.Chunks, _plan.Groups);
        for (int group = Partition.Begin(chunk, _plan.Chunks, _plan.Groups); group < groupEnd; group++)
        {
            int begin = _plan.FirstUnit(group);
            int end = _plan.FirstUnit(group + 1);
            for (int unit = begin; unit < end; unit += _plan.BlockUnits)
            {
                int first = unit * _plan.UnitTiles;
                int tiles = Math.Min(Math.Min(_plan.BlockUnits, end - unit) * _plan.UnitTiles, _plan.Tiles - first);
                RunBlock(group, unit == begin, first, tiles, slot);
            }
        }

        _slots.Return(slot);
    }

    private void RunBlock(int group, bool isFirst, int first, int tiles, int slot)
    {
        float* inputs = _plan.Inputs(slot);
        float* products = _plan.Products(slot);
        var position = new WinogradTilePosition(first, _plan.TilesY, _plan.TilesX);
        WinogradTiles<TVec, TLanes>.Run(
            _grid,
            position,
            tiles,
            _plan.Zeros,
            inputs,
            _plan.InputStride,
            _plan.InputPlane
        );
        for (int panel = 0; panel < _plan.Panels; panel++)
        {
            Multiply(panel, tiles, inputs, products);
            WriteOutputs(group, isFirst, panel, first, tiles, products);
        }
    }

    [MethodImpl(HotMethods.Compilation)]
    [SkipLocalsInit]
    private void Multiply(int panel, int tiles, float* inputs, float* products)
    {
        (int whole, int rest) = Math.DivRem(tiles, _plan.UnitTiles);
        Tile tile;
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
        tile.CRowStride = _plan.Width;
        tile.CNext = (nint)_plan.UnitTiles * _plan.Width;
        tile.Columns = ColumnsOf(panel);
        float* weights = _plan.Weights.Panel(panel);
        for (int plane = 0; plane < WinogradPlan.Planes; plane++)
        {
            tile.A = inputs + (plane * _plan.InputPlane);
            tile.B = weights + (plane * _plan.WeightPlane);
            tile.C = products + (plane * _plan.ProductPlane);
            tile.Start = plane == CommonPlane && _bias != null ? _bias + (panel * _plan.Width) : _plan.Zeros;
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
    }

    private int ColumnsOf(int panel) => Math.Min(_plan.Width, _plan.Columns - (panel * _plan.Width));

    [MethodImpl(HotMethods.Compilation)]
    private void WriteOutputs(int group, bool isFirst, int panel, int first, int tiles, float* products)
    {
        int column = panel * _plan.Width;
        int columns = ColumnsOf(panel);
        var position = new WinogradTilePosition(first, _plan.TilesY, _plan.TilesX);
        while (tiles > 0)
        {
            int run = Math.Min(Math.Min(tiles, RunTiles), _plan.TilesX - position.X);
            int lines = Math.Min(2, _grid.PositionsY - (2 * position.Y));
            int positions = Math.Min(2 * run, _grid.PositionsX - (2 * position.X));
            float* target =
                _grid.Target
                + (position.Image * _grid.TargetImage)
                + (2 * position.Y * _grid.TargetStepY)
                + (2 * position.X * _grid.TargetPixel)
                + column;
            for (int line = 0; line < lines && TEpilogue.NeedsPlace; line++)
                _epilogue.Prefetch(target + (line * _grid.TargetStepY), _grid.TargetPixel, positions, columns);
            for (int i = 0; i < run; i++)
            {
                float* to = target + (2 * i * _grid.TargetPixel);
                WriteTile(products + (i * _plan.Width), to, lines, Math.Min(2, positions - (2 * i)), columns);
            }

            for (int line = 0; line < lines && !TEpilogue.IsEmpty; line++)
            {
                float* outputs = target + (line * _grid.TargetStepY);
                bool begins = isFirst && line == 0;
                _epilogue.Run<TLanes, TVec>(group, begins, outputs, _grid.TargetPixel, positions, column, columns);
            }

            isFirst = false;
            products += run * _plan.Width;
            tiles -= run;
            position.Move(run);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteTile(float* products, float* to, int lines, int positions, int columns)
    {
        for (int i = 0; i < columns; i += TLanes.Count)
        {
            int lanes = Math.Min(TLanes.Count, columns - i);
            WinogradTransform<TVec, TLanes>.Output(
                products + i,
                _plan.ProductPlane,
                out TVec y0,
                out TVec y1,
                out TVec y2,
                out TVec y3
            );
            Write(to + i, y0, lanes);
            if (positions > 1)
                Write(to + i + _grid.TargetPixel, y1, lanes);
            if (lines == 1)
                continue;
            Write(to + i + _grid.TargetStepY, y2, lanes);
            if (positions > 1)
                Write(to + i + _grid.TargetStepY + _grid.TargetPixel, y3, lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(float* to, TVec value, int lanes)
    {
        if (lanes == TLanes.Count)
            TLanes.Store(to, _plan.Accumulates ? TLanes.Add(TLanes.Load(to), value) : value);
        else
            TLanes.StorePartial(
                to,
                _plan.Accumulates ? TLanes.Add(TLanes.LoadPartial(to, lanes), value) : value,
                lanes
            );
    }
}
