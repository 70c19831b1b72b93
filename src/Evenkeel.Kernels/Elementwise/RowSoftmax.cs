using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>Softmax of each row, and its gradient.</summary>
public static unsafe class RowSoftmax
{
    // Rows of a chunk: about as many values as other elementwise chunks have.
    private const int ChunkValues = 4096;

    /// <summary>y[i, j] = e^x[i, j] / sum over k of e^x[i, k].</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="channels">Values of a row, 1 or more.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="y">Receives [rows, channels]; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ or are not a whole number of rows.</exception>
    public static void Forward(WorkerPool pool, int channels, ReadOnlySpan<float> x, Span<float> y)
    {
        Check(channels, x.Length, y.Length);
        SpanCheck.SameOrApart(x, y, nameof(x), nameof(y));
        fixed (
            float* xs = x,
                ys = y
        )
            Run(pool, x.Length / channels, new Rows(channels, xs, null, ys));
    }

    /// <summary>dx[i, j] = y[i, j] (dy[i, j] - sum over k of dy[i, k] y[i, k]).</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="channels">Values of a row, 1 or more.</param>
    /// <param name="y">[rows, channels], what the forward pass made.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="dx">Receives [rows, channels]; may be <paramref name="dy"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ or are not a whole number of rows.</exception>
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
            Run(pool, y.Length / channels, new Rows(channels, ys, dys, dxs));
    }

    private static void Check(int channels, int length, int other)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (length % channels != 0 || other != length)
            throw new ArgumentException($"{length} and {other} values are not the same rows of {channels}.");
    }

    private static void Run(WorkerPool pool, int rows, Rows work)
    {
        ArgumentNullException.ThrowIfNull(pool);
        int perChunk = Math.Max(1, ChunkValues / work.Channels);
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

        public void Run(int row)
        {
            long start = (long)row * channels;
            if (dy == null)
                Forward(new(x + start, channels), new(result + start, channels));
            else
                Backward(new(x + start, channels), new(dy + start, channels), new(result + start, channels));
        }

        private static void Forward(ReadOnlySpan<float> x, Span<float> y)
        {
            float top = float.NegativeInfinity;
            foreach (float value in x)
                top = MathF.Max(top, value);
            double sum = 0;
            for (int i = 0; i < x.Length; i++)
                sum += y[i] = MathF.Exp(x[i] - top);
            float scale = (float)(1 / sum);
            for (int i = 0; i < y.Length; i++)
                y[i] *= scale;
        }

        private static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
        {
            double sum = 0;
            for (int i = 0; i < y.Length; i++)
                sum += (double)y[i] * dy[i];
            for (int i = 0; i < y.Length; i++)
                dx[i] = y[i] * (float)(dy[i] - sum);
        }
    }
}
