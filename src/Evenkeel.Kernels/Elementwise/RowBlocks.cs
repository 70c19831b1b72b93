namespace Evenkeel.Kernels.Elementwise;

/// <summary>How rows are cut into chunks: by shape alone, as many whole rows as make about so many values.</summary>
internal readonly struct RowBlocks(int rows, int channels, int valuesPerBlock)
{
    private readonly int _rowsPerBlock = Math.Max(1, valuesPerBlock / channels);

    /// <summary>Values in a row.</summary>
    public int Channels => channels;

    /// <summary>Number of blocks.</summary>
    public int Count => (int)(((long)rows + _rowsPerBlock - 1) / _rowsPerBlock);

    /// <summary>First row of a block.</summary>
    public int First(int block) => block * _rowsPerBlock;

    /// <summary>Rows in a block.</summary>
    public int Rows(int block) => Math.Min(_rowsPerBlock, rows - First(block));

    /// <summary>The row behind the last one of a block.</summary>
    public int End(int block) => First(block) + Rows(block);
}
