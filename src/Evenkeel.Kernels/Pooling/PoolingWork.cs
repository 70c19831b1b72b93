using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Pooling;

/// <summary>Runs a pass over the rows of all images, cut into chunks by shape alone.</summary>
internal static class PoolingWork
{
    // What a microsecond or two computes: an image of a few rows is even shares for threads.
    private const int ValuesPerChunk = 8 * 1024;

    /// <summary>Computes <paramref name="rows"/> rows of <paramref name="pixels"/> pixels each.</summary>
    public static void RunAll<TPass>(WorkerPool pool, TPass pass, int width, int rows, int pixels, int channels)
        where TPass : struct, IColumnPass
    {
        int perChunk = (int)Math.Max(1, ValuesPerChunk / ((long)pixels * channels));
        var work = new PoolingWork<TPass>(pass, width, rows, perChunk, channels);
        pool.For((int)(((long)rows + perChunk - 1) / perChunk), ref work);
    }
}

/// <summary>A chunk of rows of all images.</summary>
/// <param name="pass">Computes one row of one image of the result; rows are numbered through the batch.</param>
/// <param name="width">Floats in the widest register to use.</param>
/// <param name="rows">Rows of all images.</param>
/// <param name="rowsPerChunk">Rows of a chunk.</param>
/// <param name="channels">Channels of a pixel.</param>
internal readonly struct PoolingWork<TPass>(TPass pass, int width, int rows, int rowsPerChunk, int channels)
    : IChunkWork
    where TPass : struct, IColumnPass
{
    public void Run(int chunk)
    {
        TPass mine = pass;
        int end = (int)Math.Min(rows, ((long)chunk + 1) * rowsPerChunk);
        for (int row = chunk * rowsPerChunk; row < end; row++)
            ColumnPass.Run(ref mine, width, row, 1, channels);
    }
}
