using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Convolution.Weights;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The gradient of 3x3 weights by minimal filtering at one vector width: the transpose of the forward transforms, 16 products of
/// transformed inputs and transformed gradients summed over tiles, and one way back at the end. A chunk is one block of panels of
/// output channels over one part of the tiles; parts are added up in order.
/// </summary>
internal readonly unsafe struct WinogradWeightGradient<TVec, TLanes> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    private readonly PatchGrid _grid;
    private readonly WinogradWeightPlan _plan;
    private readonly int _columns;
    private readonly float* _zeros;
    private readonly float* _sums;
    private readonly float* _blocks;
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
        _blocks = _sums + (plan.Parts * plan.PartFloats);
        _slots = new ScratchSlots((int*)(_blocks + (threads * plan.SlotFloats)), threads);
        new Span<float>(_zeros, plan.ZeroFloats).Clear();
    }

    private static int Width => TileKernels<TVec, TLanes>.Width;

    /// <summary>Computes dw.</summary>
    public static void Run(WorkerPool pool, in ConvolutionOperands operands)
    {
        ConvolutionShape s = operands.Shape;
        var plan = new WinogradWeightPlan(s, operands.Batch, Width, pool.Active);
        nint floats = plan.ZeroFloats + (plan.Parts * plan.PartFloats) + (pool.Active * (plan.SlotFloats + 1));
        for (int group = 0; group < s.Groups; group++)
        {
            using Scratch lent = pool.Scratch((nuint)floats * sizeof(float));
            float* memory = (float*)lent.Pointer;
            PatchGrid grid = ForwardConvolution<TVec, TLanes>.Grid(operands, group);
            var work = new WinogradWeightGradient<TVec, TLanes>(grid, plan, s.GroupOutputs, memory, pool.Active);
            pool.For(plan.Parts * plan.PanelBlocks, ref work);
            var sum = new WinogradWeightSum<TVec, TLanes>(
                s,
                plan,
                work._sums,
                operands.Weights + (group * s.GroupOutputs)
            );
            pool.For(sum.Chunks, ref sum);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Compilation)]
    public void Run(int chunk)
    {
        int slot = _slots.Take();
        float* inputs = _blocks + (slot * _plan.SlotFloats);
        float* gradients = inputs + (WinogradWeightPlan.Planes * _plan.InputPlane);
        (int part, int panelBlock) = Math.DivRem(chunk, _plan.PanelBlocks);
        int panelEnd = _plan.FirstPanel(panelBlock + 1);
        float* sums = _sums + (part * _plan.PartFloats);
        for (int panel = _plan.FirstPanel(panelBlock); panel < panelEnd; panel++)
            PatchGather<TVec, TLanes>.Zero(sums + (panel * _plan.PanelFloats), (int)_plan.PanelFloats);
        for (int block = 0; block < _plan.Blocks; block++)
        {
            int first = _plan.FirstTile(part, block);
            int tiles = _plan.FirstTile(part, block + 1) - first;
            var position = new WinogradTilePosition(first, _plan.TilesY, _plan.TilesX);
            WinogradTiles<TVec, TLanes>.Run(
                _grid,
                position,
                tiles,
                _zeros,
                inputs,
                _plan.InputStride,
                _plan.InputPlane
            );
            for (int panel = _plan.FirstPanel(panelBlock); panel < panelEnd; panel++)
            {
                TransformGradients(position, tiles, panel, gradients);
                AddProducts(tiles, panel, inputs, gradients, sums + (panel * _plan.PanelFloats));
            }
        }

        _slots.Return(slot);
    }

    [MethodImpl(HotMethods.Compilation)]
    private void AddProducts(int tiles, int panel, float* inputs, float* gradients, float* sums)
    {
        if (tiles == 0)
            return;
        var rows = new RowTiles(0, _grid.Channels, TileKernels<TVec, TLanes>.MaxHeight);
        WeightTile tile = default;
        tile.XStep = _plan.InputStride;
        tile.GradientStep = Width;
        tile.Steps = tiles;
        tile.Lines = 1;
        tile.Images = 1;
        for (int plane = 0; plane < WinogradWeightPlan.Planes; plane++)
        {
            tile.X = inputs + (plane * _plan.InputPlane);
            tile.Gradients = gradients + (plane * _plan.GradientPlane);
            tile.Sums = sums + (plane * _plan.SumPlane);
            for (int i = 0; i < rows.Count; i++)
            {
                int height = rows.Height(i);
                WeightTileKernels<TVec, TLanes>.Run(height, ColumnsOf(panel), &tile);
                tile.X += height;
                tile.Sums += height * Width;
            }
        }
    }

    private int ColumnsOf(int panel) => Math.Min(Width, _columns - (panel * Width));

    [MethodImpl(HotMethods.Compilation)]
    private void TransformGradients(WinogradTilePosition position, int tiles, int panel, float* to)
    {
        int columns = ColumnsOf(panel);
        for (; tiles > 0; tiles--)
        {
            float* e0 =
                _grid.Target
                + (position.Image * _grid.TargetImage)
                + (2 * position.Y * _grid.TargetStepY)
                + (2 * position.X * _grid.TargetPixel)
                + (panel * Width);
            bool hasRight = (2 * position.X) + 1 < _grid.PositionsX;
            bool hasBelow = (2 * position.Y) + 1 < _grid.PositionsY;
            float* e1 = hasRight ? e0 + _grid.TargetPixel : _zeros;
            float* e2 = hasBelow ? e0 + _grid.TargetStepY : _zeros;
            float* e3 = hasRight && hasBelow ? e2 + _grid.TargetPixel : _zeros;
            for (int i = 0; i < columns; i += TLanes.Count)
            {
                int lanes = Math.Min(TLanes.Count, columns - i);
                WinogradTransform<TVec, TLanes>.Gradient(
                    Load(e0 + i, lanes),
                    Load(e1 + i, lanes),
                    Load(e2 + i, lanes),
                    Load(e3 + i, lanes),
                    to + i,
                    _plan.GradientPlane
                );
            }

            to += Width;
            position.Move(1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Load(float* source, int lanes) =>
        lanes == TLanes.Count ? TLanes.Load(source) : TLanes.LoadPartial(source, lanes);
}

/// <summary>Adds up the parts of the 16 sums per weight, in order, and transforms them to the gradients of 9 taps.</summary>
internal readonly unsafe struct WinogradWeightSum<TVec, TLanes>(
    ConvolutionShape shape,
    WinogradWeightPlan plan,
    float* sums,
    float* target
) : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // Input channels of a chunk.
    private const int ChunkRows = 32;

    /// <summary>Pieces of work.</summary>
    public int Chunks => plan.Panels * RowBlocks;

    private int RowBlocks => Partition.CeilingDivide(shape.GroupInputs, ChunkRows);

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Compilation)]
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
        Column(from, out TVec a0, out TVec a1, out TVec a2);
        Column(from + plan.SumPlane, out TVec b0, out TVec b1, out TVec b2);
        Column(from + (2 * plan.SumPlane), out TVec c0, out TVec c1, out TVec c2);
        Column(from + (3 * plan.SumPlane), out TVec d0, out TVec d1, out TVec d2);
        nint tap = (nint)shape.GroupInputs * shape.OutputChannels;
        Row(a0, b0, c0, d0, to, tap, lanes);
        Row(a1, b1, c1, d1, to + (3 * tap), tap, lanes);
        Row(a2, b2, c2, d2, to + (6 * tap), tap, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Column(float* from, out TVec t0, out TVec t1, out TVec t2) =>
        WinogradTransform<TVec, TLanes>.WeightGradient(
            Total(from),
            Total(from + (4 * plan.SumPlane)),
            Total(from + (8 * plan.SumPlane)),
            Total(from + (12 * plan.SumPlane)),
            out t0,
            out t1,
            out t2
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(TVec a, TVec b, TVec c, TVec d, float* to, nint tap, int lanes)
    {
        WinogradTransform<TVec, TLanes>.WeightGradient(a, b, c, d, out TVec t0, out TVec t1, out TVec t2);
        Store(to, t0, lanes);
        Store(to + tap, t1, lanes);
        Store(to + (2 * tap), t2, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Total(float* sum)
    {
        TVec total = TLanes.Load(sum);
        for (int part = 1; part < plan.Parts; part++)
            total = TLanes.Add(total, TLanes.Load(sum + (part * plan.PartFloats)));
        return total;
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
