namespace Evenkeel.Kernels.Elementwise;

/// <summary>How rows are cut into chunks of whole blocks; it follows from the shape alone.</summary>
internal readonly record struct ActivationBiasPlan(int Rows, int Channels, int Width, int ChunkRows)
{
    /// <summary>Rows summed in single precision before they are added to doubles.</summary>
    public const int BlockRows = 64;

    private const int SmallestChunk = 32 * 1024;
    private const int MostChunks = 64;

    /// <summary>Number of chunks.</summary>
    public int Chunks => (Rows + ChunkRows - 1) / ChunkRows;

    /// <summary>Plans a matrix of at least one row.</summary>
    public static ActivationBiasPlan For(int rows, int channels, int width)
    {
        int enough = Math.Max(SmallestChunk / channels, rows / MostChunks);
        return new ActivationBiasPlan(rows, channels, width, ((enough / BlockRows) + 1) * BlockRows);
    }
}
