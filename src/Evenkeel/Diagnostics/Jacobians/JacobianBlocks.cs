namespace Evenkeel.Diagnostics.Jacobians;

/// <summary>How a Jacobian falls into blocks that do not depend on each other: one per example, or one of the whole batch.</summary>
/// <param name="Count">Blocks.</param>
/// <param name="Rows">Outputs of a block.</param>
/// <param name="Columns">Inputs of a block.</param>
internal readonly record struct JacobianBlocks(int Count, int Rows, int Columns)
{
    // 512 MiB of doubles.
    private const long MaxElements = 1 << 26;

    /// <summary>The blocks of a range of layers.</summary>
    public static JacobianBlocks Of(RangeProgram range, JacobianStatistics statistics) =>
        statistics == JacobianStatistics.Held
            ? new(range.Examples, range.Outputs, range.Inputs)
            : new(1, range.Examples * range.Outputs, range.Examples * range.Inputs);

    /// <summary>Whether all of it may be computed.</summary>
    public bool IsSmall(int maxRows) => Rows <= maxRows && (long)Count * Rows * Columns <= MaxElements;

    /// <summary>All blocks in full, a backward pass for each row; [block][row][column].</summary>
    public double[][][] Compute(RangeProgram range)
    {
        (int count, int rows, int columns) = this;
        double[][][] blocks = [.. Enumerable.Range(0, count).Select(_ => new double[rows][])];
        double[] vector = new double[count * rows];
        for (int row = 0; row < rows; row++)
        {
            Array.Clear(vector);
            for (int block = 0; block < count; block++)
                vector[(block * rows) + row] = 1;
            double[] gradient = range.Pull(vector);
            for (int block = 0; block < count; block++)
                blocks[block][row] = gradient[(block * columns)..((block + 1) * columns)];
        }

        return blocks;
    }
}
