namespace Evenkeel.Kernels.Norm;

/// <summary>A rectangle of a matrix.</summary>
/// <param name="Chunk">Which chunk of rows it lies in: where its partial results go.</param>
/// <param name="Row">First row.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Column">First column.</param>
/// <param name="End">Column after the last.</param>
internal readonly record struct Tile(int Chunk, int Row, int Rows, int Column, int End)
{
    /// <summary>Tile <paramref name="index"/> of <paramref name="plan"/>.</summary>
    public static Tile Of(in NormPlan plan, int index)
    {
        int chunk = index / plan.Strips;
        int row = chunk * plan.ChunkRows;
        int column = index % plan.Strips * plan.StripColumns;
        return new Tile(
            chunk,
            row,
            Math.Min(plan.ChunkRows, plan.FoldedRows - row),
            column,
            Math.Min(column + plan.StripColumns, plan.Columns)
        );
    }

    /// <summary>The rows that folding leaves over, as a matrix of their own with one column per channel.</summary>
    public static Tile Tail(in NormPlan plan) => new(0, 0, plan.TailRows, 0, plan.Channels);
}
