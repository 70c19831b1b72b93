using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Convolution.Weights;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The gradient of 3x3 weights by minimal filtering at one vector width: the transpose of the forward transforms, for each element of a window a product of
/// transformed inputs and transformed gradients summed over tiles, and one way back at the end. A chunk is one block of panels of
/// output channels over one part of the tiles; parts are added up in order.
/// </summary>
internal readonly unsafe struct WinogradWeightGradient<TVec, TLanes, TFilter> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TFilter : struct, IWinogradFilter<TVec>
{
    private readonly PatchGrid _grid;
    private readonly WinogradWeightPlan _plan;
    private readonly int _columns;
    private readonly float* _zeros;
    private readonly float* _sums;
    private readonly ScratchSlots _slots;

    private WinogradWeightGradient(
        in PatchGrid grid,
        in WinogradWeightPlan plan,
        int columns,
        float* memory,
        int threads
    )
    {
        _grid = grid;
        _plan = plan;
        _columns = columns;
        _zeros = memory;
        _sums = _zeros + plan.ZeroFloats;
        _slots = new ScratchSlots(_sums + (plan.Parts * plan.PartFloats), SlotFloats(grid, plan), threads);
        new Span<float>(_zeros, plan.ZeroFloats).Clear();
    }

    private static int Width => TileKernels<TVec, TLanes>.Width;

    /// <summary>Computes dw.</summary>
    public static void Run(WorkerPool pool, in ConvolutionOperands operands)
    {
        ConvolutionShape s = operands.Shape;
        var plan = new WinogradWeightPlan(s, operands.Batch, operands.YStride, Width, TFilter.Outputs, pool.Active);
        for (int group = 0; group < s.Groups; group++)
        {
            PatchGrid grid = ForwardConvolution<TVec, TLanes>.Grid(operands, group);
            nint floats =
                plan.ZeroFloats
                + (plan.Parts * plan.PartFloats)
                + ScratchSlots.Floats(SlotFloats(grid, plan), pool.Active);
            using Scratch lent = pool.Scratch((nuint)floats * sizeof(float));
            float* memory = (float*)lent.Pointer;
            var work = new WinogradWeightGradient<TVec, TLanes, TFilter>(
                grid,
                plan,
                s.GroupOutputs,
                memory,
                pool.Active
            );
            pool.For(plan.Parts * plan.PanelBlocks, ref work);
            var sum = new WinogradWeightSum<TVec, TLanes, TFilter>(
                s,
                plan,
                work._sums,
                operands.Weights + (group * s.GroupOutputs)
            );
            pool.For(sum.Chunks, ref sum);
        }
    }

    // What a thread needs for a block.
    private static nint SlotFloats(in PatchGrid grid, in WinogradWeightPlan plan) =>
        plan.BlockFloats + (plan.Cut.Planes * TLanes.Count) + WinogradLines.Floats(grid, plan.Cut, plan.BlockTiles);

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    public void Run(int chunk)
    {
        int slot = _slots.Take();
        (int part, int panelBlock) = Math.DivRem(chunk, _plan.PanelBlocks);
        (int Begin, int End) panels = (_plan.FirstPanel(panelBlock), _plan.FirstPanel(panelBlock + 1));
        float* sums = _sums + (part * _plan.PartFloats);
        for (int panel = panels.Begin; panel < panels.End; panel++)
            PatchGather<TVec, TLanes>.Zero(sums + (panel * _plan.PanelFloats), (int)_plan.PanelFloats);
        for (int block = 0; block < _plan.Blocks; block++)
        {
            int first = _plan.FirstTile(part, block);
            AddBlock((first, _plan.FirstTile(part, block + 1) - first), panels, sums, _slots.Memory(slot));
        }

        _slots.Return(slot);
    }

    [MethodImpl(HotMethods.Loop)]
    private void AddBlock((int First, int Count) tiles, (int Begin, int End) panels, float* sums, float* memory)
    {
        (int first, int count) = tiles;
        float* kept = memory + _plan.BlockFloats;
        float* lines = kept + (_plan.Cut.Planes * TLanes.Count);
        float* gradients = memory + (_plan.Cut.Planes * _plan.InputPlane);
        var position = new WinogradTilePosition(first, _plan.Cut);
        var seen = new WinogradPlanes(_plan.Cut, memory, _plan.InputStride, _plan.InputPlane, kept);
        PatchGrid made = WinogradLines.Make(_grid, _plan.Cut, first, count, lines);
        WinogradTiles<TVec, TLanes, TFilter>.Inputs(made, position, count, _zeros, ref seen);
        (int Begin, int End) next = (first + count, first + (2 * count));
        var ahead = new WinogradAhead(_grid, _columns, _plan.Cut, next, next);
        for (int panel = panels.Begin; panel < panels.End; panel++)
        {
            var planes = new WinogradPlanes(_plan.Cut, gradients, Width, _plan.GradientPlane, kept);
            WinogradTiles<TVec, TLanes, TFilter>.Gradients(
                _grid,
                position,
                count,
                _zeros,
                (panel * Width, ColumnsOf(panel)),
                ref planes
            );
            AddProducts((panel, count), ref planes, memory, gradients, sums + (panel * _plan.PanelFloats), ref ahead);
        }
    }

    [MethodImpl(HotMethods.Loop)]
    private void AddProducts(
        (int Panel, int Tiles) block,
        ref WinogradPlanes planes,
        float* inputs,
        float* gradients,
        float* sums,
        ref WinogradAhead ahead
    )
    {
        var rows = new RowTiles(0, _grid.Channels, TileKernels<TVec, TLanes>.MaxHeight);
        WeightTile tile = default;
        tile.XStep = _plan.InputStride;
        tile.GradientStep = Width;
        tile.Lines = 1;
        tile.Images = 1;
        for (int plane = 0; plane < _plan.Cut.Planes; plane++)
        {
            ahead.Next();
            tile.Steps = TFilter.AreEven ? block.Tiles : planes.Rows(plane, TFilter.Outputs + 2, block.Tiles);
            if (tile.Steps == 0)
                continue;
            tile.X = inputs + (plane * _plan.InputPlane);
            tile.Gradients = gradients + (plane * _plan.GradientPlane);
            tile.Sums = sums + (plane * _plan.SumPlane);
            for (int i = 0; i < rows.Count; i++)
            {
                int height = rows.Height(i);
                tile.Ahead = AheadStream.Of(tile.Sums + (height * Width), height * Width, tile.Steps);
                WeightTileKernels<TVec, TLanes>.Run(height, ColumnsOf(block.Panel), &tile);
                tile.X += height;
                tile.Sums += height * Width;
            }
        }
    }

    private int ColumnsOf(int panel) => Math.Min(Width, _columns - (panel * Width));
}

/// <summary>Adds up the parts of the sums of each weight, in order, and transforms them to the gradients of 9 taps.</summary>
internal readonly unsafe struct WinogradWeightSum<TVec, TLanes, TFilter>(
    ConvolutionShape shape,
    WinogradWeightPlan plan,
    float* sums,
    float* target
) : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TFilter : struct, IWinogradFilter<TVec>
{
    // Input channels of a chunk.
    private const int ChunkRows = 32;

    /// <summary>Pieces of work.</summary>
    public int Chunks => plan.Panels * RowBlocks;

    private int RowBlocks => Partition.CeilingDivide(shape.GroupInputs, ChunkRows);

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    public void Run(int chunk)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        (int panel, int block) = Math.DivRem(chunk, RowBlocks);
        int columns = Math.Min(width, shape.GroupOutputs - (panel * width));
        int end = Math.Min(shape.GroupInputs, (block + 1) * ChunkRows);
        for (int row = block * ChunkRows; row < end; row++)
        {
            float* from = sums + (panel * plan.PanelFloats) + (row * width);
            float* to = target + ((nint)row * shape.OutputChannels) + (panel * width);
            for (int i = 0; i < columns; i += TLanes.Count)
                Transform(from + i, to + i, Math.Min(TLanes.Count, columns - i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Transform(float* from, float* to, int lanes)
    {
        for (int plane = 0; plane < plan.Cut.Planes && plan.Parts > 1; plane++)
            AddParts(from + (plane * plan.SumPlane));
        TFilter.WeightGradient(from, plan.SumPlane);
        nint tap = (nint)shape.GroupInputs * shape.OutputChannels;
        for (int line = 0; line < 3; line++)
        {
            for (int column = 0; column < 3; column++, to += tap)
                Store(to, TLanes.Load(from + (column * plan.SumPlane)), lanes);
            from += (TFilter.Outputs + 2) * plan.SumPlane;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddParts(float* sum)
    {
        TVec total = TLanes.Load(sum);
        for (int part = 1; part < plan.Parts; part++)
            total = TLanes.Add(total, TLanes.Load(sum + (part * plan.PartFloats)));
        TLanes.Store(sum, total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, TVec value, int lanes)
    {
        if (lanes == TLanes.Count)
            TLanes.Store(to, value);
        else
            TLanes.StorePartial(to, value, lanes);
    }
}
