using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution;

/// <summary>How the places of a grid are cut into units of work: strips of lines, or tiles of places. Follows from the shape alone.</summary>
internal readonly struct PatchCut
{
    // With fewer images, tiles of the same place in all images would be low.
    private const int FewestImages = 10;

    private readonly RowTiles _tiles;
    private readonly int _batch;

    /// <param name="grid">The places; its order must be <see cref="Order"/>.</param>
    /// <param name="tileRows">Rows of the tallest tile.</param>
    public PatchCut(in PatchGrid grid, int tileRows)
    {
        UsesStrips = StripPlan.Suits(grid);
        Strips = new StripPlan(grid);
        LineTiles = new RowTiles(0, grid.PlacesX, tileRows);
        bool byPlace = grid.Order == PlaceOrder.Places;
        _batch = byPlace ? grid.Batch : 0;
        _tiles = new RowTiles(0, byPlace ? grid.Batch : grid.Places, tileRows);
        Units =
            UsesStrips ? Strips.Count
            : byPlace ? _tiles.Count * grid.PlacesY * grid.PlacesX
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

    /// <summary>The order of places that leaves out the most padding.</summary>
    public static PlaceOrder Order(in PatchGrid grid)
    {
        if (grid.TapsY * grid.TapsX <= 1 || StripPlan.Suits(grid))
            return PlaceOrder.Images;
        return grid.Batch >= FewestImages ? PlaceOrder.Places : PlaceOrder.Lines;
    }

    /// <summary>First place and number of places of tile <paramref name="unit"/>.</summary>
    public (int First, int Count) PlacesOf(int unit)
    {
        if (_batch == 0)
            return (_tiles.Row(unit), _tiles.Height(unit));
        (int place, int tile) = Math.DivRem(unit, _tiles.Count);
        return ((place * _batch) + _tiles.Row(tile), _tiles.Height(tile));
    }

    /// <summary>Number of places in units before <paramref name="unit"/>.</summary>
    public int PlacesBefore(int unit, in PatchGrid grid)
    {
        if (unit == Units)
            return grid.Places;
        if (!UsesStrips)
            return PlacesOf(unit).First;
        int image = unit / Strips.PerImage;
        return ((image * grid.PlacesY) + Strips.LinesOf(unit, grid.PlacesY).First) * grid.PlacesX;
    }
}
