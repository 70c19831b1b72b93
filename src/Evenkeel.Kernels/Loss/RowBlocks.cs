namespace Evenkeel.Kernels.Loss;

/// <summary>How rows are cut into chunks: by shape alone, as many whole rows as make about 4096 elements.</summary>
internal readonly struct RowBlocks(int rows, int columns)
{
    private const int ElementsPerBlock = 4096;

    private readonly int _rowsPerBlock = Math.Max(1, ElementsPerBlock / columns);

    /// <summary>Number of blocks.</summary>
    public int Count => (int)(((long)rows + _rowsPerBlock - 1) / _rowsPerBlock);

    /// <summary>First row of a block.</summary>
    public int First(int block) => block * _rowsPerBlock;

    /// <summary>Rows in a block.</summary>
    public int Rows(int block) => Math.Min(_rowsPerBlock, rows - First(block));
}
