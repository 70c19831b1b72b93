using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// How a 3x3 product of patches is cut for minimal filtering, by shape alone, and where its memory lies: transformed weights for
/// all, and for each thread a block of transformed tiles and their products.
/// </summary>
internal unsafe struct WinogradPlan : IProductPlan
{
    /// <summary>Elements of a transformed tile, each in a plane of its own.</summary>
    public const int Planes = 16;

    // Enough for the threads of a small machine.
    private const int FewestGroups = 32;

    // A block's transformed inputs and products leave half of a second-level cache to the weights.
    private const int BlockBytes = 1 << 19;

    private float* _weights;
    private float* _scratch;
    private nint _zeroFloats;
    private nint _slotFloats;
    private int _threads;

    public int Channels;
    public int Columns;
    public int Width;

    /// <summary>Tiles of a unit: the rows of the tallest tile of a product.</summary>
    public int UnitTiles;
    public int TilesY;
    public int TilesX;
    public int Tiles;
    public int Units;
    public int BlockUnits;
    public int Panels;
    public int Chunks;
    public bool Accumulates;

    /// <summary>Floats from a tile to the next in a plane of inputs.</summary>
    public nint InputStride;
    public nint InputPlane;
    public nint ProductPlane;

    /// <summary>Floats of a plane of the weights of a panel.</summary>
    public nint WeightPlane;

    public int Groups { get; private set; }

    /// <summary>Plans a product of <paramref name="grid"/> with so many columns of weights.</summary>
    public static WinogradPlan Of<TVec, TLanes>(in PatchGrid grid, int columns, int threads)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        int width = TileKernels<TVec, TLanes>.Width,
            tileRows = TileKernels<TVec, TLanes>.MaxHeight;
        var plan = new WinogradPlan
        {
            Channels = grid.Channels,
            Columns = columns,
            Width = width,
            UnitTiles = tileRows,
            TilesY = Partition.CeilingDivide(grid.PositionsY, 2),
            TilesX = Partition.CeilingDivide(grid.PositionsX, 2),
            Panels = Partition.CeilingDivide(columns, width),
            InputStride = ((nint)grid.Channels + 15) / 16 * 16,
            WeightPlane = (nint)grid.Channels * width,
            _threads = threads,
        };
        plan.Tiles = grid.Batch * plan.TilesY * plan.TilesX;
        plan.Units = Partition.CeilingDivide(plan.Tiles, tileRows);
        long unitBytes = Planes * sizeof(float) * (long)tileRows * (plan.InputStride + width);
        long shared = Math.Max(1, plan.Units / FewestGroups);
        plan.BlockUnits = (int)Math.Clamp(BlockBytes / unitBytes, 1, shared);
        plan.Groups = Math.Min(PatchPlan.MostGroups, Partition.CeilingDivide(plan.Units, plan.BlockUnits));
        double operations = 8.0 * Planes * plan.Tiles * grid.Channels * columns;
        plan.Chunks = Math.Min(plan.Groups, Partition.Count(operations, threads));
        // An odd number of cache lines, so that planes do not compete for cache sets.
        plan.InputPlane = ((plan.BlockUnits * tileRows * plan.InputStride) + 31) / 32 * 32 + 16;
        plan.ProductPlane = (((nint)plan.BlockUnits * tileRows * width) + 31) / 32 * 32 + 16;
        plan._zeroFloats = Math.Max(plan.InputStride, ((nint)width + 15) / 16 * 16);
        plan._slotFloats = Planes * (plan.InputPlane + plan.ProductPlane);
        return plan;
    }

    /// <inheritdoc/>
    public readonly nuint WeightFloats => (nuint)(Panels * Planes * WeightPlane);

    /// <inheritdoc/>
    public readonly nuint ScratchFloats => (nuint)(_zeroFloats + (_threads * _slotFloats) + _threads + 64);

    /// <summary>A row of zeros, for a pixel's channels or for a tile's columns.</summary>
    public readonly float* Zeros => _scratch;

    /// <inheritdoc/>
    public readonly WeightPanels Weights => new(_weights, Planes * WeightPlane, Width, Columns);

    /// <summary>A thread's planes of transformed inputs.</summary>
    public readonly float* Inputs(int slot) => Slots + (slot * _slotFloats);

    /// <summary>A thread's planes of products.</summary>
    public readonly float* Products(int slot) => Inputs(slot) + (Planes * InputPlane);

    /// <summary>The memory of the threads, all of it free.</summary>
    public readonly ScratchSlots FreeSlots() => new((int*)(Slots + (_threads * _slotFloats)), _threads);

    private readonly float* Slots => _scratch + _zeroFloats;

    /// <inheritdoc/>
    public void Place(float* weights, float* scratch)
    {
        _weights = weights;
        _scratch = scratch;
        new Span<float>(scratch, (int)_zeroFloats).Clear();
    }

    /// <summary>First unit of group <paramref name="group"/>.</summary>
    public readonly int FirstUnit(int group) => Partition.Begin(group, Groups, Units);

    /// <inheritdoc/>
    public readonly int GroupPositions(int group, in PatchGrid grid) =>
        PositionsBefore(FirstUnit(group + 1) * UnitTiles, grid) - PositionsBefore(FirstUnit(group) * UnitTiles, grid);

    /// <inheritdoc/>
    public readonly void Pack<TVec, TLanes, TPacking>(WorkerPool pool, TPacking packing)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
        where TPacking : struct, IChunkWork
    {
        pool.For(Panels, new WinogradWeights<TVec, TLanes, TPacking>(packing, this));
    }

    /// <inheritdoc/>
    public readonly void Multiply<TVec, TLanes, TEpilogue>(
        WorkerPool pool,
        in PatchGrid grid,
        float* bias,
        TEpilogue epilogue
    )
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
        where TEpilogue : struct, ITileEpilogue
    {
        pool.For(Chunks, new WinogradProduct<TVec, TLanes, TEpilogue>(grid, this, bias, epilogue));
    }

    private readonly int PositionsBefore(int tile, in PatchGrid grid)
    {
        if (tile >= Tiles)
            return grid.Positions;
        var position = new WinogradTilePosition(tile, TilesY, TilesX);
        int line = 2 * position.Y;
        int lines = Math.Min(2, grid.PositionsY - line);
        return (((position.Image * grid.PositionsY) + line) * grid.PositionsX)
            + (lines * Math.Min(2 * position.X, grid.PositionsX));
    }
}

/// <summary>Packs the nine taps of each panel of weights and transforms them where they lie.</summary>
internal readonly unsafe struct WinogradWeights<TVec, TLanes, TPacking>(TPacking packing, WinogradPlan plan)
    : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TPacking : struct, IChunkWork
{
    /// <inheritdoc/>
    [MethodImpl(HotMethods.Compilation)]
    public void Run(int chunk)
    {
        packing.Run(chunk);
        float* panel = plan.Weights.Panel(chunk);
        for (nint i = 0; i < plan.WeightPlane; i += TLanes.Count)
            WinogradTransform<TVec, TLanes>.Weights(panel + i, plan.WeightPlane);
    }
}

/// <summary>
/// Which convolutions go by minimal filtering: 3x3 kernels of stride 1 where counting says that it takes less, by shape alone, so
/// that results do not depend on the threads. It makes 16 multiplications per tile of 2x2 outputs and pair of channels where the
/// plain sum makes 36, or fewer at borders, where it leaves the padding out and tiles may stick out. Against that stand the
/// transforms. With the factors below the count agrees with what was measured within a tenth, from 16 to 320 channels, maps of
/// 3x3 to 56x56 and 1 to 128 images.
/// </summary>
internal static class WinogradChoice
{
    // The way there for an input channel of a tile, or back for an output channel: as long as so many multiplications.
    private const double TileChannel = 160;

    // To transform a weight at each call; twice that to clear, add up and transform the sums of its gradient.
    private const double Weight = 200;

    /// <summary>Whether to multiply <paramref name="grid"/> by weights of so many columns this way.</summary>
    public static bool ForProduct(in PatchGrid grid, int columns, ConvolutionMethod method) =>
        Choose(grid, columns, method, Weight);

    /// <summary>Whether to compute the gradient of weights of so many columns this way.</summary>
    /// <param name="grid">The grid of the forward pass.</param>
    /// <param name="columns">Output channels.</param>
    /// <param name="method">What was asked for.</param>
    public static bool ForWeights(in PatchGrid grid, int columns, ConvolutionMethod method) =>
        Choose(grid, columns, method, 2 * Weight);

    private static bool Choose(in PatchGrid grid, int columns, ConvolutionMethod method, double perWeight)
    {
        bool possible = grid is { TapsY: 3, TapsX: 3, StepY: 1, StepX: 1 } && grid.TargetStepX == grid.TargetPixel;
        if (!possible || method != ConvolutionMethod.ByShape)
            return possible && method == ConvolutionMethod.Winograd;
        double pairs = (double)grid.Channels * columns;
        double plain =
            grid.Batch
            * Used(grid.PositionsY, grid.FirstY, grid.Height)
            * Used(grid.PositionsX, grid.FirstX, grid.Width)
            * pairs;
        double tiles = grid.Batch * (double)((grid.PositionsY + 1) / 2) * ((grid.PositionsX + 1) / 2);
        double tile = (WinogradPlan.Planes * pairs) + (TileChannel * (grid.Channels + columns));
        return (tiles * tile) + (perWeight * pairs) < plain;
    }

    // Taps that lie inside the image, over all positions along one axis.
    private static double Used(int positions, int first, int length)
    {
        double used = 0;
        for (int tap = first; tap < first + 3; tap++)
            used += Math.Max(0, Math.Min(positions, length - tap) - Math.Max(0, -tap));
        return used;
    }
}
