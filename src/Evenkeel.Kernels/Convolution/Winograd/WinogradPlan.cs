using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// How a product of patches is cut for minimal filtering, by shape alone, and where its memory lies: transformed weights for
/// all, and for each thread a block of transformed tiles and their products.
/// </summary>
internal unsafe struct WinogradPlan : IProductPlan
{
    // Enough for the threads of a small machine.
    private const int FewestGroups = 32;

    // To transform a tile takes about as long as to read so many columns of weights from the last-level cache.
    private const double TileReads = 3;

    private float* _weights;
    private float* _scratch;
    private nint _zeroFloats;
    private nint _slotFloats;
    private nint _lineFloats;
    private nint _keptFloats;
    private int _threads;
    private int _step;

    public int Channels;

    /// <summary>Channels that the products of each plane sum over.</summary>
    public WinogradDepth Depth;
    public int Columns;
    public int Width;

    public WinogradCut Cut;

    /// <summary>Tiles of a unit, the rows of a product: all units but the last have as many.</summary>
    public int UnitTiles;
    public int Units;
    public int BlockUnits;
    public int Panels;
    public ProductParts Parts;
    public bool Accumulates;

    /// <summary>Floats from a tile to the next in a plane of inputs.</summary>
    public nint InputStride;
    public nint InputPlane;

    /// <summary>Floats from a tile to the next in a plane of products.</summary>
    public nint ProductStride;
    public nint ProductPlane;

    /// <summary>Floats of a plane of the weights of a panel.</summary>
    public nint WeightPlane;

    public int Groups { get; private set; }

    /// <summary>The memory of the threads.</summary>
    public ScratchSlots Slots { get; private set; }

    /// <summary>Plans a product of <paramref name="positions"/> with so many columns of weights the way that was chosen.</summary>
    public static WinogradPlan Of<TVec, TLanes>(
        in PatchGrid positions,
        int columns,
        ConvolutionMethod method,
        int threads
    )
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        PatchGrid grid = InputPhases.Of(positions);
        int width = TileKernels<TVec, TLanes>.Width,
            tileRows = TileKernels<TVec, TLanes>.MaxHeight;
        var plan = new WinogradPlan
        {
            Channels = grid.Channels,
            Columns = columns,
            Width = width,
            Cut = WinogradCut.Of(grid, method),
            Panels = Partition.CeilingDivide(columns, width),
            InputStride = ((nint)grid.Channels + 15) / 16 * 16,
            WeightPlane = (nint)grid.Channels * width,
            _threads = threads,
            _step = Math.Max(1, grid.Phases.Step),
        };
        plan.Depth = new WinogradDepth(grid, plan.Cut);
        plan.Units = Partition.CeilingDivide(plan.Cut.Tiles, tileRows);
        plan.UnitTiles = tileRows = plan.Units > 1 ? Partition.CeilingDivide(plan.Cut.Tiles, plan.Units) : tileRows;
        int planes = plan.Cut.Planes;
        plan.ProductStride = Math.Min(width, Partition.CeilingDivide(columns, TLanes.Count) * TLanes.Count);
        long unitBytes = planes * sizeof(float) * (long)tileRows * (plan.InputStride + plan.ProductStride);
        long shared = Math.Max(1, plan.Units / FewestGroups);
        plan.BlockUnits = (int)Math.Clamp(Caches.BlockBytes / unitBytes, 1, shared);
        plan.Groups = Math.Min(PatchPlan.MostGroups, Partition.CeilingDivide(plan.Units, plan.BlockUnits));
        double operations = 8.0 * planes * plan.Cut.Tiles * grid.Channels * columns;
        plan.Parts = ProductParts.Of(
            Partition.Count(operations, threads),
            plan.Groups,
            plan.Panels,
            TileReads * plan.Cut.Tiles,
            columns
        );
        // An odd number of cache lines, so that planes do not compete for cache sets.
        plan.InputPlane = ((plan.BlockUnits * tileRows * plan.InputStride) + 31) / 32 * 32 + 16;
        plan.ProductPlane = (((nint)plan.BlockUnits * tileRows * plan.ProductStride) + 31) / 32 * 32 + 16;
        plan._zeroFloats = (Math.Max(plan.Cut.Window * grid.PixelStride, width) + 15) / 16 * 16;
        plan._lineFloats = WinogradLines.Floats(grid, plan.Cut, plan.BlockUnits * tileRows);
        plan._keptFloats = planes * TLanes.Count;
        plan._slotFloats = (planes * (plan.InputPlane + plan.ProductPlane)) + plan._keptFloats + plan._lineFloats;
        return plan;
    }

    /// <inheritdoc/>
    public readonly nuint WeightFloats => (nuint)(Panels * Cut.Planes * WeightPlane);

    /// <inheritdoc/>
    public readonly nuint ScratchFloats => (nuint)(_zeroFloats + ScratchSlots.Floats(_slotFloats, _threads) + 64);

    /// <summary>Zeros for a line of a tile's pixels or for a row of a product.</summary>
    public readonly float* Zeros => _scratch;

    /// <inheritdoc/>
    public readonly WeightPanels Weights =>
        new(_weights, Cut.Planes * WeightPlane, Cut.Window * WeightPlane, _step, Width, Columns);

    /// <summary>A thread's planes of transformed inputs.</summary>
    public readonly float* Inputs(int slot) => Slots.Memory(slot);

    /// <summary>A thread's planes of products.</summary>
    public readonly float* Products(int slot) => Inputs(slot) + (Cut.Planes * InputPlane);

    /// <summary>A thread's lines of the source, where they are made.</summary>
    public readonly float* Lines(int slot) => Inputs(slot) + (_slotFloats - _lineFloats);

    /// <summary>A thread's vectors between the two passes of a transform.</summary>
    public readonly float* Kept(int slot) => Lines(slot) - _keptFloats;

    /// <inheritdoc/>
    public void Place(float* weights, float* scratch)
    {
        _weights = weights;
        _scratch = scratch;
        new Span<float>(scratch, (int)_zeroFloats).Clear();
        Slots = new ScratchSlots(scratch + _zeroFloats, _slotFloats, _threads);
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
        where TPacking : struct, IChunkWork =>
        WinogradFilters<TVec, TLanes>.Run(Cut, new WinogradPacking<TVec, TLanes, TPacking>(pool, packing, this));

    /// <inheritdoc/>
    public readonly void Multiply<TVec, TLanes, TEpilogue>(
        WorkerPool? pool,
        in PatchGrid grid,
        float* bias,
        TEpilogue epilogue
    )
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
        where TEpilogue : struct, ITileEpilogue =>
        WinogradFilters<TVec, TLanes>.Run(
            Cut,
            new WinogradMultiplication<TVec, TLanes, TEpilogue>(pool, InputPhases.Of(grid), this, bias, epilogue)
        );

    private readonly int PositionsBefore(int tile, in PatchGrid grid)
    {
        if (tile >= Cut.Tiles)
            return grid.Positions;
        var position = new WinogradTilePosition(tile, Cut);
        int line = Cut.Outputs * position.Y;
        int lines = Math.Min(Cut.Outputs, grid.PositionsY - line);
        return (((position.Image * grid.PositionsY) + line) * grid.PositionsX)
            + (lines * Math.Min(Cut.Outputs * position.X, grid.PositionsX));
    }
}
