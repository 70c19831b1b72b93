using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Patches;

/// <summary>How a product of patches is cut, and where its packed weights and its scratch memory lie.</summary>
internal unsafe struct PatchPlan : IProductPlan
{
    /// <summary>Tiles are grouped by shape alone, so that sums per group do not depend on the threads.</summary>
    public const int MostGroups = 64;

    // Panels stay in the second-level cache while the tiles pass by: half of it, of which tiles have little need.
    private const int BlockShare = 2;

    // A pixel lies in the cache of the thread that made it: to read it from there takes about as long as so many columns of weights.
    private const double PositionReads = 3;

    /// <summary>Pixels so many floats apart compete for the same few sets of the first-level cache.</summary>
    public const int ConflictStride = 1024;

    private float* _weights;
    private float* _scratch;
    private nint _patchFloats;
    private nint _lineFloats;
    private nint _outputFloats;

    public int Columns;
    public int Width;
    public int TileRows;
    public int Panels;
    public int BlockPanels;
    public nint PanelFloats;
    public nint PatchStride;
    public nint OutputStride;
    public ProductParts Parts;
    public bool Accumulates;
    public bool AlwaysGathers;

    /// <inheritdoc/>
    public int Groups { get; private set; }

    /// <summary>Plans a product of <paramref name="grid"/> with so many columns of weights.</summary>
    public static PatchPlan Of<TVec, TLanes>(in PatchGrid grid, int columns, int threads)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        int width = TileKernels<TVec, TLanes>.Width,
            tileRows = TileKernels<TVec, TLanes>.MaxHeightOf(columns);
        var plan = new PatchPlan
        {
            Columns = columns,
            Width = width,
            TileRows = tileRows,
            Panels = Partition.CeilingDivide(columns, width),
            PanelFloats = (nint)grid.Depth * width,
            _lineFloats = (nint)grid.RowDepth * width,
            PatchStride = (((nint)grid.Depth + 31) / 32 * 32) + 16,
            AlwaysGathers = grid.Positions > 1 && grid.PixelStride % ConflictStride == 0 && columns >= 2 * width,
            Groups = Math.Min(MostGroups, new PatchCut(grid, tileRows).Units),
        };
        double operations = 2.0 * grid.Positions * grid.Depth * columns;
        plan.Parts = ProductParts.Of(
            Partition.Count(operations, threads),
            plan.Groups,
            plan.Panels,
            PositionReads * grid.Positions,
            columns
        );
        long block = BlockShare * Caches.BlockBytes / sizeof(float) / Math.Max(1, plan.PanelFloats);
        plan.BlockPanels = (int)Math.Clamp(block, 1, plan.Panels);
        plan.OutputStride = ((nint)plan.BlockPanels * width) + 16;
        plan._patchFloats = StripPlan.Suits(grid)
            ? (new StripPlan(grid).Floats + 31) / 16 * 16
            : plan.PatchStride * tileRows;
        plan._outputFloats = (plan.OutputStride * tileRows) + 16;
        return plan;
    }

    /// <inheritdoc/>
    public readonly nuint WeightFloats => ((nuint)(Panels * PanelFloats) + 15) / 16 * 16;

    /// <inheritdoc/>
    public readonly nuint ScratchFloats =>
        (nuint)(((nint)Width * 2) + (Parts.Count * (_patchFloats + _outputFloats)) + 64);

    /// <summary>One row of zeros of a tile's width.</summary>
    public readonly float* Zeros => _scratch;

    /// <inheritdoc/>
    public void Place(float* weights, float* scratch)
    {
        _weights = weights;
        _scratch = scratch;
    }

    /// <inheritdoc/>
    public readonly int GroupPositions(int group, in PatchGrid grid)
    {
        var cut = new PatchCut(grid, TileRows);
        int begin = Partition.Begin(group, Groups, cut.Units);
        int end = Partition.Begin(group + 1, Groups, cut.Units);
        return cut.PositionsBefore(end, grid) - cut.PositionsBefore(begin, grid);
    }

    /// <summary>Weights of panel <paramref name="panel"/>.</summary>
    public readonly float* Panel(int panel) => _weights + (panel * PanelFloats);

    /// <inheritdoc/>
    public readonly WeightPanels Weights => new(Panel(0), PanelFloats, _lineFloats, 1, Width, Columns);

    /// <inheritdoc/>
    public readonly void Pack<TVec, TLanes, TPacking>(WorkerPool pool, TPacking packing)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
        where TPacking : struct, IChunkWork => pool.For(Panels, ref packing);

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
        new PatchProduct<TVec, TLanes, TEpilogue>(grid, this, bias, epilogue).Run(pool);

    /// <summary>Room for the patches of one tile.</summary>
    public readonly float* Patches(int chunk) => _scratch + 32 + (chunk * (_patchFloats + _outputFloats));

    /// <summary>Room for the outputs of one tile.</summary>
    public readonly float* Outputs(int chunk) => Patches(chunk) + _patchFloats;
}

/// <summary>How the positions of a grid are cut into units of work: strips of lines, or tiles of positions. Follows from the shape alone.</summary>
internal readonly struct PatchCut
{
    // With fewer images, tiles of the same position in all images would be low.
    private const int FewestImages = 10;

    private readonly RowTiles _tiles;
    private readonly int _batch;

    /// <param name="grid">The positions; its order must be <see cref="Order"/>.</param>
    /// <param name="tileRows">Rows of the tallest tile.</param>
    public PatchCut(in PatchGrid grid, int tileRows)
    {
        UsesStrips = StripPlan.Suits(grid);
        Strips = new StripPlan(grid);
        LineTiles = new RowTiles(0, grid.PositionsX, tileRows);
        bool byPosition = grid.Order == PositionOrder.Positions;
        _batch = byPosition ? grid.Batch : 0;
        _tiles = new RowTiles(0, byPosition ? grid.Batch : grid.Positions, tileRows);
        Units =
            UsesStrips ? Strips.Count
            : byPosition ? _tiles.Count * grid.PositionsY * grid.PositionsX
            : _tiles.Count;
    }

    /// <summary>Whether a unit is a strip rather than a tile.</summary>
    public bool UsesStrips { get; }

    /// <summary>The strips.</summary>
    public StripPlan Strips { get; }

    /// <summary>Tiles of a line of a strip.</summary>
    public RowTiles LineTiles { get; }

    /// <summary>Number of units.</summary>
    public int Units { get; }

    /// <summary>The order of positions that leaves out the most padding.</summary>
    public static PositionOrder Order(in PatchGrid grid)
    {
        if (grid.TapsY * grid.TapsX <= 1 || StripPlan.Suits(grid))
            return PositionOrder.Images;
        return grid.Batch >= FewestImages ? PositionOrder.Positions : PositionOrder.Lines;
    }

    /// <summary>First position and number of positions of tile <paramref name="unit"/>.</summary>
    public (int First, int Count) PositionsOf(int unit)
    {
        if (_batch == 0)
            return (_tiles.Row(unit), _tiles.Height(unit));
        (int position, int tile) = Math.DivRem(unit, _tiles.Count);
        return ((position * _batch) + _tiles.Row(tile), _tiles.Height(tile));
    }

    /// <summary>Number of positions in units before <paramref name="unit"/>.</summary>
    public int PositionsBefore(int unit, in PatchGrid grid)
    {
        if (unit == Units)
            return grid.Positions;
        if (!UsesStrips)
            return PositionsOf(unit).First;
        int image = unit / Strips.PerImage;
        return ((image * grid.PositionsY) + Strips.LinesOf(unit, grid.PositionsY).First) * grid.PositionsX;
    }
}
