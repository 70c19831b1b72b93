using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// Multiplies the patches of a grid by transformed weights: a block of tiles is transformed once and then passes the panels of
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
        var planes = new WinogradPlanes(_plan.Cut, inputs, _plan.InputStride, _plan.InputPlane, _plan.Kept(slot));
        WinogradTiles<TVec, TLanes, TFilter>.Inputs(
            WinogradLines.Make(_grid, _plan.Cut, first, tiles, _plan.Lines(slot)),
            new WinogradTilePosition(first, _plan.Cut),
            tiles,
            _plan.Zeros,
            ref planes
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
            Multiply((panel, tiles), ref planes, inputs, products, ref ahead);
            WriteOutputs(group, isFirst, panel, block, products, _plan.Kept(slot));
        }
    }

    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    private void Multiply(
        (int Panel, int Tiles) block,
        ref WinogradPlanes planes,
        float* inputs,
        float* products,
        ref WinogradAhead ahead
    )
    {
        (int whole, int rest) = Math.DivRem(block.Tiles, _plan.UnitTiles);
        Tile tile = TileOf(block.Panel, ahead.Steps);
        float* weights = _plan.Weights.Panel(block.Panel);
        for (int plane = 0; plane < _plan.Cut.Planes; plane++)
        {
            ahead.NextMade(_epilogue);
            if (!TFilter.AreEven)
                (whole, rest) = Math.DivRem(planes.Rows(plane, TFilter.Window, block.Tiles), _plan.UnitTiles);
            tile.Steps = _plan.Depth.Of(plane);
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

    // What all products of a panel have in common.
    private Tile TileOf(int panel, AheadStream ahead) =>
        new()
        {
            Ahead = ahead,
            ARowStride = _plan.InputStride,
            AStepStride = 1,
            ANext = _plan.UnitTiles * _plan.InputStride,
            BStepStride = _plan.Width,
            Runs = 1,
            Start = _plan.Zeros,
            CRowStride = _plan.ProductStride,
            CNext = _plan.UnitTiles * _plan.ProductStride,
            Columns = ColumnsOf(panel),
        };

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
        var planes = new WinogradPlanes(_plan.Cut, products, _plan.ProductStride, _plan.ProductPlane, kept);
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
                float* to = target + (TFilter.Outputs * i * _grid.TargetPixel);
                WriteTile(ref planes, to, bias, WinogradTiles<TVec, TLanes, TFilter>.Outputs(position), columns);
                planes.Pass(position);
                position.Move(1);
            }

            for (int line = 0; line < lines && !TEpilogue.IsEmpty; line++)
            {
                float* outputs = target + (line * _grid.TargetStepY);
                bool begins = isFirst && line == 0;
                _epilogue.Run<TLanes, TVec>(group, begins, outputs, _grid.TargetPixel, positions, column, columns);
            }

            isFirst = false;
            tiles -= run;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteTile(
        ref WinogradPlanes products,
        float* to,
        float* bias,
        (int Lines, int Columns) outputs,
        int columns
    )
    {
        for (int i = 0; i < columns; i += TLanes.Count)
        {
            int lanes = Math.Min(TLanes.Count, columns - i);
            float* from = products.Kept;
            float* target = to + i;
            TVec start = bias == null ? TLanes.Zero : TLanes.LoadPartial(bias + i, lanes);
            TFilter.OutputColumns(ref products, outputs, i);
            for (int line = 0; line < outputs.Lines; line++)
            {
                TFilter.OutputLine(
                    from,
                    outputs.Columns,
                    out TVec y0,
                    out TVec y1,
                    out TVec y2,
                    out TVec y3,
                    out TVec y4,
                    out TVec y5
                );
                Write(target, y0, start, lanes);
                if (outputs.Columns > 1)
                    Write(target + _grid.TargetPixel, y1, start, lanes);
                if (TFilter.Outputs > 2 && outputs.Columns > 2)
                    Write(target + (2 * _grid.TargetPixel), y2, start, lanes);
                if (TFilter.Outputs > 3 && outputs.Columns > 3)
                    Write(target + (3 * _grid.TargetPixel), y3, start, lanes);
                if (TFilter.Outputs > 4 && outputs.Columns > 4)
                    Write(target + (4 * _grid.TargetPixel), y4, start, lanes);
                if (TFilter.Outputs > 5 && outputs.Columns > 5)
                    Write(target + (5 * _grid.TargetPixel), y5, start, lanes);
                from += TFilter.Window * TLanes.Count;
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

/// <summary>Multiplies by the packed weights of a plan, on the calling thread alone where <paramref name="pool"/> is null.</summary>
internal readonly unsafe struct WinogradMultiplication<TVec, TLanes, TEpilogue>(
    WorkerPool? pool,
    PatchGrid grid,
    WinogradPlan plan,
    float* bias,
    TEpilogue epilogue
) : IWinogradAction<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TEpilogue : struct, ITileEpilogue
{
    /// <inheritdoc/>
    public void Run<TFilter>()
        where TFilter : struct, IWinogradFilter<TVec>
    {
        var product = new WinogradProduct<TVec, TLanes, TFilter, TEpilogue>(grid, plan, bias, epilogue);
        if (pool is null)
            product.Run(0);
        else
            pool.For(plan.Parts.Count, product);
    }
}
