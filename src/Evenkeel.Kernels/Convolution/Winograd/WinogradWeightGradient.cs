using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Convolution.Weights;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The gradient of weights by minimal filtering at one vector width: the transpose of the forward transforms, for each element of a window a product of
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

    /// <summary>Prepares it in memory of <see cref="Floats"/> floats.</summary>
    public WinogradWeightGradient(
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

    /// <summary>The sums of all parts.</summary>
    public float* Sums => _sums;

    /// <summary>Floats of memory for so many threads.</summary>
    public static nint Floats(in PatchGrid grid, in WinogradWeightPlan plan, int threads) =>
        plan.ZeroFloats + (plan.Parts * plan.PartFloats) + ScratchSlots.Floats(SlotFloats(grid, plan), threads);

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
        WeightTile tile = default;
        tile.XStep = _plan.InputStride;
        tile.GradientStep = Width;
        tile.Lines = 1;
        tile.Images = 1;
        for (int plane = 0; plane < _plan.Cut.Planes; plane++)
        {
            ahead.Next();
            tile.Steps = TFilter.AreEven ? block.Tiles : planes.Rows(plane, _plan.Cut.Window, block.Tiles);
            if (tile.Steps == 0)
                continue;
            var rows = new RowTiles(0, _plan.Depth.Of(plane), TileKernels<TVec, TLanes>.MaxHeight);
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
