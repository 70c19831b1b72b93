using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>What is done to one row on its own.</summary>
internal interface IRowKernel
{
    /// <summary>Values of a row.</summary>
    int Channels { get; }

    /// <summary>Computes one row.</summary>
    void Run(long row);
}

/// <summary>Rows that need nothing of each other, spread over threads.</summary>
internal static class RowPass
{
    // Rows of a chunk: about as many values as other elementwise chunks have.
    private const int ChunkValues = 4096;

    public static void Run<TKernel>(WorkerPool pool, int values, TKernel kernel)
        where TKernel : struct, IRowKernel
    {
        ArgumentNullException.ThrowIfNull(pool);
        int rows = values / kernel.Channels,
            perChunk = Math.Max(1, ChunkValues / kernel.Channels);
        var chunks = new Chunks<TKernel>(rows, perChunk, kernel);
        pool.For((int)(((long)rows + perChunk - 1) / perChunk), ref chunks);
    }

    public static void Check(int channels, int length, int other)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (length % channels != 0 || other != length)
            throw new ArgumentException($"{length} and {other} values are not the same rows of {channels}.");
    }

    private readonly struct Chunks<TKernel>(int rows, int perChunk, TKernel kernel) : IChunkWork
        where TKernel : struct, IRowKernel
    {
        public void Run(int chunk)
        {
            int end = (int)Math.Min(((long)chunk + 1) * perChunk, rows);
            for (int row = chunk * perChunk; row < end; row++)
                kernel.Run(row);
        }
    }
}
