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
                int begin = Partition.Begin(group, _plan.Groups, _cut.Units);
                int end = Partition.Begin(group + 1, _plan.Groups, _cut.Units);
                for (int unit = begin; unit < end; unit++)
                {
                    if (_cut.UsesStrips)
                        RunStrip(chunk, group, unit == begin, unit, panel);
                    else
                        RunPlaces(chunk, group, unit == begin, unit, panel);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void RunPlaces(int chunk, int group, bool isFirst, int unit, int panel)
    {
        (int first, int count) = _cut.PlacesOf(unit);
        PatchRow* rows = stackalloc PatchRow[count];
        PatchGather<TVec, TLanes>.Locate(_grid, first, count, rows);
        Tile tile;
        TapRange taps = TapRange.All(_grid);
        if (_grid.ReadsInPlace && !_plan.AlwaysGathers)
        {
            tile.A = rows[0].Image + ((((nint)rows[0].Y * _grid.Width) + rows[0].X) * _grid.PixelStride);
            tile.ARowStride = _grid.PixelStride;
        }
        else
        {
            taps = PatchGather<TVec, TLanes>.Taps(_grid, rows, count);
            tile.A = _plan.Patches(chunk);
            tile.ARowStride = _plan.PatchStride;
            PatchGather<TVec, TLanes>.Run(_grid, rows, count, taps, tile.A, tile.ARowStride);
        }

        tile.ARunJump = 0;
        SetTaps(&tile, taps, panel);
        RunPanels(&tile, chunk, group, isFirst, rows, count, panel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void RunStrip(int chunk, int group, bool isFirst, int unit, int panel)
    {
        StripPlan strips = _cut.Strips;
        int image = unit / strips.PerImage;
        (int firstLine, int lines) = strips.LinesOf(unit, _grid.PlacesY);
        int firstY = (firstLine * _grid.StepY) + _grid.FirstY;
        float* copy = _plan.Patches(chunk);
        CopyLines(image, firstY, ((lines - 1) * _grid.StepY) + _grid.TapsY, copy);
        PatchRow* rows = stackalloc PatchRow[_plan.TileRows];
        Tile tile;
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
                Target(rows, count, image, firstLine + line, x);
                tile.A =
                    copy
                    + (((line * _grid.StepY) + firstTap) * strips.Pitch)
                    + ((nint)x * _grid.StepX * _grid.Channels);
                tile.ARowStride = (nint)_grid.StepX * _grid.Channels;
                tile.ARunJump = strips.Pitch - _grid.RowDepth;
                SetTaps(&tile, taps, panel);
                RunPanels(&tile, chunk, group, isFirst, rows, count, panel);
                isFirst = false;
            }
        }
    }

    private void CopyLines(int image, int y, int lines, float* copy)
    {
        var source = new StripSource
        {
            Height = _grid.Height,
            Width = _grid.Width,
            Channels = _grid.Channels,
            PixelStride = _grid.PixelStride,
            StripPixel = _grid.Channels,
        };
        float* from = _grid.Source + ((nint)image * _grid.Height * _grid.Width * _grid.PixelStride);
        LineStrip<TVec, TLanes>.Copy(source, from, y, lines, _grid.FirstX, _cut.Strips.Columns, copy);
    }

    private void Target(PatchRow* rows, int count, int image, int y, int x)
    {
        float* target = _grid.Target + (image * _grid.TargetImage) + (y * _grid.TargetStepY) + (x * _grid.TargetStepX);
        for (int i = 0; i < count; i++)
            rows[i].Target = target + (i * _grid.TargetStepX);
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
