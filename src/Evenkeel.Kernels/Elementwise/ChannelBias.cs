using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>Adds one value per channel to each row.</summary>
public static unsafe class ChannelBias
{
    private const int ChunkValues = 8192;

    /// <summary>y[i, j] += bias[j].</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="bias">[channels].</param>
    /// <param name="y">[rows, channels].</param>
    /// <exception cref="ArgumentException"><paramref name="y"/> is not a whole number of rows.</exception>
    public static void Add(WorkerPool pool, ReadOnlySpan<float> bias, Span<float> y)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (bias.IsEmpty || y.Length % bias.Length != 0)
            throw new ArgumentException($"{y.Length} values are not rows of {bias.Length}.", nameof(y));
        fixed (
            float* b = bias,
                ys = y
        )
        {
            int rows = y.Length / bias.Length,
                perChunk = Math.Max(1, ChunkValues / bias.Length);
            var work = new Work(b, bias.Length, ys, rows, perChunk);
            pool.For((int)(((long)rows + perChunk - 1) / perChunk), ref work);
        }
    }

    private readonly struct Work(float* bias, int channels, float* y, int rows, int perChunk) : IChunkWork
    {
        public void Run(int chunk)
        {
            long end = Math.Min(((long)chunk + 1) * perChunk, rows);
            for (long row = (long)chunk * perChunk; row < end; row++)
            {
                float* values = y + (row * channels);
                for (int j = 0; j < channels; j++)
                    values[j] += bias[j];
            }
        }
    }
}
