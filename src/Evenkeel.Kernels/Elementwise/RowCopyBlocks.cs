namespace Evenkeel.Kernels.Elementwise;

/// <summary>How rows are cut into chunks: by shape alone, as many whole rows as make about 16384 values.</summary>
internal readonly struct RowCopyBlocks(int rows, int channels)
{
    private const int ValuesPerBlock = 16 * 1024;

    private readonly int _rowsPerBlock = Math.Max(1, ValuesPerBlock / channels);

    /// <summary>Values in a row.</summary>
    public int Channels => channels;

    /// <summary>Number of blocks.</summary>
    public int Count => (int)(((long)rows + _rowsPerBlock - 1) / _rowsPerBlock);

    /// <summary>First row of a block.</summary>
    public int First(int block) => block * _rowsPerBlock;

    /// <summary>Rows in a block.</summary>
    public int Rows(int block) => Math.Min(_rowsPerBlock, rows - First(block));
}
