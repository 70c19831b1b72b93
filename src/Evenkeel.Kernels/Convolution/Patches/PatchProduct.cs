using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Patches;

/// <summary>
/// Multiplies the patches of a grid by packed weights: a tile of positions gathers its patches once and then passes all panels of the
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
    private readonly PatchCut _cut;

    // What the sums start from: one row of zeros or of biases, or null for what the target holds.
    private readonly float* _start;
    private readonly nint _startStep;

    /// <summary>Prepares the product; <paramref name="bias"/> may be null.</summary>
    public PatchProduct(in PatchGrid grid, in PatchPlan plan, float* bias, TEpilogue epilogue)
    {
        _grid = grid;
        _plan = plan;
        _epilogue = epilogue;
        _cut = new PatchCut(grid, plan.TileRows);
        new Span<float>(plan.Zeros, plan.Width).Clear();
        _start = bias == null ? plan.Zeros : bias;
        _startStep = bias == null ? 0 : plan.Width;
    }

    /// <summary>Computes the product on packed weights; without a pool, the one chunk of a plan for one thread.</summary>
    public void Run(WorkerPool? pool)
    {
        if (pool is null)
            Run(0);
        else
            pool.For(_plan.Parts.Count, this);
    }

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    public void Run(int chunk)
    {
        (int groupBegin, int groupEnd) = _plan.Parts.Groups(chunk);
        (int panelBegin, int panelEnd) = _plan.Parts.Panels(chunk);
        for (int panel = panelBegin; panel < panelEnd; panel += _plan.BlockPanels)
        {
            var block = new PanelBlock(panel, Math.Min(_plan.BlockPanels, panelEnd - panel), _plan);
            for (int group = groupBegin; group < groupEnd; group++)
            {
                int begin = Partition.Begin(group, _plan.Groups, _cut.Units);
                int end = Partition.Begin(group + 1, _plan.Groups, _cut.Units);
                for (int unit = begin; unit < end; unit++)
                    RunUnit(chunk, group, unit == begin, unit, block);
            }
        }
    }

    private void RunUnit(int chunk, int group, bool isFirst, int unit, in PanelBlock block)
    {
        if (_cut.UsesStrips)
            RunStrip(chunk, group, isFirst, unit, block);
        else if (_grid.ReadsInPlace && _grid.WritesInPlace && !(_plan.AlwaysGathers && _grid.Norm == null))
            RunPixels(chunk, group, isFirst, unit, block);
        else
            RunPositions(chunk, group, isFirst, unit, block);
    }

    // A 1x1 kernel on pixels as they lie, or as they are made in a row.
    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    private void RunPixels(int chunk, int group, bool isFirst, int unit, in PanelBlock block)
    {
        (int first, int count) = _cut.PositionsOf(unit);
        Tile tile;
        tile.A = _grid.Source + (first * _grid.PixelStride);
        tile.ARowStride = _grid.PixelStride;
        tile.ARunJump = 0;
        tile.Ahead = AheadOf(first + count, count, block);
        if (_grid.Norm != null)
        {
            float* made = _plan.Patches(chunk);
            InputNorm.Make(_grid.Norm, tile.A, count, made, _plan.PatchStride);
            tile.A = made;
            tile.ARowStride = _plan.PatchStride;
        }

        SetTaps(&tile, TapRange.All(_grid), block.First);
        SetOutputs(&tile, _grid.Target + (first * _grid.TargetPixel) + block.FirstColumn, _grid.TargetPixel, block);
        RunPanels(&tile, group, isFirst, count, block);
    }

    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    private void RunPositions(int chunk, int group, bool isFirst, int unit, in PanelBlock block)
    {
        (int first, int count) = _cut.PositionsOf(unit);
        PatchRow* rows = stackalloc PatchRow[count];
        PatchGather<TVec, TLanes>.Locate(_grid, first, count, rows);
        Tile tile;
        tile.Ahead = AheadStream.None(&tile);
        TapRange taps = PatchGather<TVec, TLanes>.Taps(_grid, rows, count);
        tile.A = _plan.Patches(chunk);
        tile.ARowStride = _plan.PatchStride;
        tile.ARunJump = 0;
        PatchGather<TVec, TLanes>.Run(_grid, rows, count, taps, tile.A, tile.ARowStride);
        SetTaps(&tile, taps, block.First);
        nint pitch = count > 1 ? (nint)(rows[1].Target - rows[0].Target) : _grid.TargetPixel;
        int column = block.FirstColumn,
            columns = block.Columns;
        if (IsEven(rows, count, pitch))
        {
            SetOutputs(&tile, rows[0].Target + column, pitch, block);
            RunPanels(&tile, group, isFirst, count, block);
            return;
        }

        float* outputs = _plan.Outputs(chunk);
        if (_plan.Accumulates)
            Collect(rows, count, column, columns, outputs);
        SetOutputs(&tile, outputs, _plan.OutputStride, block);
        if (!TEpilogue.NeedsPlace)
        {
            RunPanels(&tile, group, isFirst, count, block);
            Scatter(rows, count, column, columns, outputs);
            return;
        }

        Multiply(&tile, count, columns);
        Scatter(rows, count, column, columns, outputs);
        for (int i = 0; i < count; i++)
            _epilogue.Run<TLanes, TVec>(group, isFirst && i == 0, rows[i].Target + column, 0, 1, column, columns);
    }

    [MethodImpl(HotMethods.Loop)]
    [SkipLocalsInit]
    private void RunStrip(int chunk, int group, bool isFirst, int unit, in PanelBlock block)
    {
        StripPlan strips = _cut.Strips;
        int image = unit / strips.PerImage;
        (int firstLine, int lines) = strips.LinesOf(unit, _grid.PositionsY);
        int firstY = (firstLine * _grid.StepY) + _grid.FirstY;
        float* copy = _plan.Patches(chunk);
        CopyLines(image, firstY, ((lines - 1) * _grid.StepY) + _grid.TapsY, copy);
        float* targets =
            _grid.Target + (image * _grid.TargetImage) + (firstLine * _grid.TargetStepY) + block.FirstColumn;
        Tile tile;
        tile.Ahead = AheadStream.None(&tile);
        for (int line = 0; line < lines; line++)
        {
            int y = firstY + (line * _grid.StepY);
            int firstTap = Math.Clamp(-y, 0, _grid.TapsY);
            int endTap = Math.Clamp(_grid.Height - y, firstTap, _grid.TapsY);
            var taps = new TapRange(firstTap, endTap - firstTap, 0, _grid.TapsX);
            for (int i = 0; i < _cut.LineTiles.Count; i++)
            {
                int x = _cut.LineTiles.Row(i);
                int count = _cut.LineTiles.Height(i);
                tile.A =
                    copy
                    + (((line * _grid.StepY) + firstTap) * strips.Pitch)
                    + ((nint)x * _grid.StepX * _grid.Channels);
                tile.ARowStride = (nint)_grid.StepX * _grid.Channels;
                tile.ARunJump = strips.Pitch - _grid.RowDepth;
                SetTaps(&tile, taps, block.First);
                SetOutputs(&tile, targets + (x * _grid.TargetStepX), _grid.TargetStepX, block);
                RunPanels(&tile, group, isFirst, count, block);
                isFirst = false;
            }

            targets += _grid.TargetStepY;
        }
    }

    private void CopyLines(int image, int y, int lines, float* copy)
    {
        var source = new StripSource
        {
            Norm = _grid.Norm,
            Height = _grid.Height,
            Width = _grid.Width,
            Channels = _grid.Channels,
            PixelStride = _grid.PixelStride,
            StripPixel = _grid.Channels,
        };
        float* from = _grid.Source + ((nint)image * _grid.Height * _grid.Width * _grid.PixelStride);
        LineStrip<TVec, TLanes>.Copy(source, from, y, lines, _grid.FirstX, _cut.Strips.Columns, copy);
    }

    // The part of the weights that these taps use.
    private void SetTaps(Tile* tile, TapRange taps, int panel)
    {
        nint skipped = ((nint)taps.FirstRow * _grid.RowDepth) + ((nint)taps.FirstColumn * _grid.Channels);
        tile->AStepStride = 1;
        tile->B = _plan.Panel(panel) + (skipped * _plan.Width);
        tile->BStepStride = _plan.Width;
        tile->Steps = taps.Rows == 0 ? 0 : (nint)taps.Columns * _grid.Channels;
        tile->Runs = Math.Max(1, taps.Rows);
        tile->BRunJump = (nint)(_grid.TapsX - taps.Columns) * _grid.Channels * _plan.Width;
        tile->BLast = null;
        tile->BLastStride = 0;
        tile->LastSteps = 0;
        tile->AsksForC = !TEpilogue.NeedsPlace;
    }

    // Where the outputs of the tile's first panel go, and what they start from.
    private void SetOutputs(Tile* tile, float* target, nint pitch, in PanelBlock block)
    {
        tile->C = target;
        tile->CRowStride = pitch;
        tile->CNext = _plan.Width;
        tile->Start = _plan.Accumulates ? target : _start + (block.First * _startStep);
        tile->StartRowStride = _plan.Accumulates ? pitch : 0;
        tile->StartNext = _plan.Accumulates ? _plan.Width : _startStep;
    }

    private void RunPanels(Tile* tile, int group, bool isFirst, int count, in PanelBlock block)
    {
        float* first = tile->C;
        int column = block.FirstColumn,
            columns = block.Columns;
        Multiply(tile, count, columns);
        if (!TEpilogue.IsEmpty && !TEpilogue.Rectifies)
            _epilogue.Run<TLanes, TVec>(group, isFirst, first, tile->CRowStride, count, column, columns);
    }

    // What the next tile reads, asked for while this one's panels are multiplied: its pixels, or what it adds to, which is more where that is done.
    private AheadStream AheadOf(int first, int count, in PanelBlock block)
    {
        nint steps = (nint)_grid.Depth * Partition.CeilingDivide(block.Columns, _plan.Width);
        return _plan.Accumulates && block.Columns == _grid.TargetPixel
            ? AheadStream.Of(_grid.Target + (first * _grid.TargetPixel), count * _grid.TargetPixel, steps)
            : AheadStream.Of(_grid.Source + (first * _grid.PixelStride), count * _grid.PixelStride, steps);
    }

    private void Multiply(Tile* tile, int count, int columns)
    {
        int whole = columns / _plan.Width;
        tile->Columns = _plan.Width;
        tile->Count = TEpilogue.NeedsPlace ? Math.Min(1, whole) : whole;
        tile->ANext = 0;
        tile->BNext = _plan.PanelFloats;
        for (; columns >= _plan.Width; columns -= tile->Count * _plan.Width)
            RunTiles(count, tile);
        if (columns == 0)
            return;
        tile->Columns = columns;
        tile->Count = 1;
        RunTiles(count, tile);
    }

    // A rectifier costs nothing while the sums are in registers. What an epilogue reads comes while a panel is multiplied.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RunTiles(int count, Tile* tile)
    {
        if (TEpilogue.NeedsPlace)
            _epilogue.Prefetch(tile->C, tile->CRowStride, count, tile->Columns);
        if (TEpilogue.Rectifies)
            TileKernels<TVec, TLanes>.Run<RectifiedEnd>(count, tile);
        else
            TileKernels<TVec, TLanes>.Run(count, tile);
        tile->B += tile->Count * tile->BNext;
        tile->C += tile->Count * tile->CNext;
        tile->Start += tile->Count * tile->StartNext;
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
