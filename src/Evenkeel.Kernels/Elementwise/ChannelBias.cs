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
        fixed (float* b = bias)
        fixed (float* ys = y)
        {
            var blocks = new RowBlocks(y.Length / bias.Length, bias.Length, ChunkValues);
            pool.For(blocks.Count, new Work(b, ys, blocks));
        }
    }

    private readonly struct Work(float* bias, float* y, RowBlocks blocks) : IChunkWork
    {
        public void Run(int chunk)
        {
            int channels = blocks.Channels;
            for (int row = blocks.First(chunk); row < blocks.End(chunk); row++)
            {
                float* values = y + ((nint)row * channels);
                for (int j = 0; j < channels; j++)
                    values[j] += bias[j];
            }
        }
    }
}
