namespace Evenkeel.Kernels.Linear;

/// <summary>A rectangle of tiles: rows, and panels of columns.</summary>
internal readonly record struct TileRange(int RowBegin, int RowEnd, int PanelBegin, int PanelEnd)
{
    /// <summary>Tiles that the rows are cut into, of nearly equal heights up to <paramref name="maxHeight"/>.</summary>
    public int RowTiles(int maxHeight) => Partition.CeilingDivide(RowEnd - RowBegin, maxHeight);

    /// <summary>First row of tile <paramref name="index"/> of <paramref name="tiles"/>.</summary>
    public int TileBegin(int index, int tiles) => RowBegin + Partition.Begin(index, tiles, RowEnd - RowBegin);
}
