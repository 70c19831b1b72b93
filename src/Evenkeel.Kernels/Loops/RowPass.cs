using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Loops;

/// <summary>A function of one row on its own, and its gradient from what it made.</summary>
internal interface IRowFunction
{
    static abstract void Forward(ReadOnlySpan<float> x, Span<float> y);

    static abstract void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx);
}

/// <summary>Rows that need nothing of each other, spread over threads.</summary>
internal static unsafe class RowPass<TFunction>
    where TFunction : struct, IRowFunction
{
    // Rows of a chunk: about as many values as other elementwise chunks have.
    private const int ChunkValues = 4096;

    public static void Forward(WorkerPool pool, int channels, ReadOnlySpan<float> x, Span<float> y)
    {
        Check(channels, x.Length, y.Length);
        SpanCheck.SameOrApart(x, y, nameof(x), nameof(y));
        fixed (
            float* xs = x,
                ys = y
        )
            Run(pool, x.Length, new Rows(channels, xs, null, ys));
    }

    public static void Backward(
        WorkerPool pool,
        int channels,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> dy,
        Span<float> dx
    )
    {
        Check(channels, y.Length, dy.Length);
        Check(channels, y.Length, dx.Length);
        SpanCheck.SameOrApart(dy, dx, nameof(dy), nameof(dx));
        fixed (
            float* ys = y,
                dys = dy,
                dxs = dx
        )
            Run(pool, y.Length, new Rows(channels, ys, dys, dxs));
    }

    private static void Check(int channels, int length, int other)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (length % channels != 0 || other != length)
            throw new ArgumentException($"{length} and {other} values are not the same rows of {channels}.");
    }

    private static void Run(WorkerPool pool, int values, Rows work)
    {
        ArgumentNullException.ThrowIfNull(pool);
        int rows = values / work.Channels,
            perChunk = Math.Max(1, ChunkValues / work.Channels);
        var chunks = new Chunks(rows, perChunk, work);
        pool.For((int)(((long)rows + perChunk - 1) / perChunk), ref chunks);
    }

    private readonly struct Chunks(int rows, int perChunk, Rows work) : IChunkWork
    {
        public void Run(int chunk)
        {
            int end = (int)Math.Min(((long)chunk + 1) * perChunk, rows);
            for (int row = chunk * perChunk; row < end; row++)
                work.Run(row);
        }
    }

    // Forward reads x; backward reads the forward pass's result and its gradient.
    private readonly struct Rows(int channels, float* x, float* dy, float* result)
    {
        public int Channels => channels;

        public void Run(long row)
        {
            long start = row * channels;
            if (dy == null)
                TFunction.Forward(new(x + start, channels), new(result + start, channels));
            else
                TFunction.Backward(new(x + start, channels), new(dy + start, channels), new(result + start, channels));
        }
    }
}
