namespace Evenkeel.Kernels.Norm;

/// <summary>Runs an elementwise pass over a tile.</summary>
internal static class TileSweep
{
    // Narrow tiles keep their coefficients in registers over many rows; wide ones go along a few rows at a time, so
    // that memory is read and written in order.
    private const int NarrowColumns = 64;
    private const int RowsTogether = 4;

    /// <summary>Runs <paramref name="pass"/> over every element of <paramref name="tile"/>.</summary>
    public static void Run<TPass>(ref TPass pass, int width, in Tile tile)
        where TPass : struct, IColumnPass
    {
        int together = tile.Columns <= NarrowColumns ? NormPlan.BlockRows : RowsTogether;
        for (int done = 0; done < tile.Rows; done += together)
        {
            int rows = Math.Min(together, tile.Rows - done);
            ColumnPass.Run(ref pass, width, tile.Row + done, rows, tile.Columns);
        }
    }
}
