using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>How a product of patches is cut, and where its packed weights and its scratch memory lie.</summary>
internal unsafe struct PatchPlan : IProductPlan
{
    /// <summary>Tiles are grouped by shape alone, so that sums per group do not depend on the threads.</summary>
    public const int MostGroups = 64;

    // Panels of so many bytes stay in the second-level cache while the tiles pass by.
    private const int BlockBytes = 1 << 20;

    // Pixels so many floats apart compete for the same few sets of the first-level cache.
    private const int ConflictStride = 1024;

    private float* _weights;
    private float* _scratch;
    private nint _patchFloats;
    private nint _outputFloats;

    public int Columns;
    public int Width;
    public int TileRows;
    public int Panels;
    public int BlockPanels;
    public nint PanelFloats;
    public nint PatchStride;
    public nint OutputStride;
    public int Chunks;
    public bool Accumulates;
    public bool AlwaysGathers;

    /// <inheritdoc/>
    public int Groups { get; private set; }

    /// <summary>Plans a product of <paramref name="grid"/> with so many columns of weights.</summary>
    public static PatchPlan Of(in PatchGrid grid, int columns, int width, int tileRows, int threads)
    {
        var plan = new PatchPlan
        {
            Columns = columns,
            Width = width,
            TileRows = tileRows,
            Panels = Partition.CeilingDivide(columns, width),
            PanelFloats = (nint)grid.Depth * width,
            PatchStride = (((nint)grid.Depth + 31) / 32 * 32) + 16,
            AlwaysGathers = grid.PixelStride % ConflictStride == 0 && columns >= 2 * width,
            Groups = Math.Min(MostGroups, new PatchCut(grid, tileRows).Units),
        };
        long block = BlockBytes / sizeof(float) / Math.Max(1, plan.PanelFloats);
        plan.BlockPanels = (int)Math.Clamp(block, 1, plan.Panels);
        double operations = 2.0 * grid.Places * grid.Depth * columns;
        plan.Chunks = Math.Min(plan.Groups, Partition.Count(operations, threads));
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
    public readonly nuint ScratchFloats => (nuint)(((nint)Width * 2) + (Chunks * (_patchFloats + _outputFloats)) + 64);

    /// <summary>One row of zeros of a tile's width.</summary>
    public readonly float* Zeros => _scratch;

    /// <inheritdoc/>
    public void Place(float* weights, float* scratch)
    {
        _weights = weights;
        _scratch = scratch;
    }

    /// <inheritdoc/>
    public readonly int GroupPlaces(int group, in PatchGrid grid)
    {
        var cut = new PatchCut(grid, TileRows);
        int begin = Partition.Begin(group, Groups, cut.Units);
        int end = Partition.Begin(group + 1, Groups, cut.Units);
        return cut.PlacesBefore(end, grid) - cut.PlacesBefore(begin, grid);
    }

    /// <summary>Weights of panel <paramref name="panel"/>.</summary>
    public readonly float* Panel(int panel) => _weights + (panel * PanelFloats);

    /// <inheritdoc/>
    public readonly WeightPanels Weights => new(Panel(0), PanelFloats, Width, Columns);

    /// <inheritdoc/>
    public readonly void Pack<TVec, TLanes, TPacking>(WorkerPool pool, TPacking packing)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
        where TPacking : struct, IChunkWork => pool.For(Panels, ref packing);

    /// <inheritdoc/>
    public readonly void Multiply<TVec, TLanes, TEpilogue>(
        WorkerPool pool,
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
