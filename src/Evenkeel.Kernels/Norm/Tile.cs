namespace Evenkeel.Kernels.Norm;

/// <summary>Consecutive rows of a matrix.</summary>
/// <param name="Chunk">Its number: where its partial results go.</param>
/// <param name="Row">First row.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Width of a row, in floats.</param>
internal readonly record struct Tile(int Chunk, int Row, int Rows, int Columns)
{
    /// <summary>Tile <paramref name="index"/> of <paramref name="plan"/>.</summary>
    public static Tile Of(in NormPlan plan, int index)
    {
        int row = index * plan.ChunkRows;
        return new Tile(index, row, Math.Min(plan.ChunkRows, plan.FoldedRows - row), plan.Columns);
    }

    /// <summary>The rows that folding leaves over, as a matrix of their own with one column per channel.</summary>
    public static Tile Tail(in NormPlan plan) => new(0, 0, plan.TailRows, plan.Channels);
}
