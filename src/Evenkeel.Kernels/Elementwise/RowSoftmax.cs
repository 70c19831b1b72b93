using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>Softmax of each row, and its gradient.</summary>
public static unsafe class RowSoftmax
{
    /// <summary>y[i, j] = e^x[i, j] / sum over k of e^x[i, k].</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="channels">Values of a row, 1 or more.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="y">Receives [rows, channels]; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ or are not a whole number of rows.</exception>
    public static void Forward(WorkerPool pool, int channels, ReadOnlySpan<float> x, Span<float> y)
    {
        RowPass.Check(channels, x.Length, y.Length);
        SpanCheck.SameOrApart(x, y, nameof(x), nameof(y));
        fixed (
            float* xs = x,
                ys = y
        )
            RowPass.Run(pool, x.Length, new ForwardRows(channels, xs, ys));
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
        RowPass.Check(channels, y.Length, dy.Length);
        RowPass.Check(channels, y.Length, dx.Length);
        SpanCheck.SameOrApart(dy, dx, nameof(dy), nameof(dx));
        fixed (
            float* ys = y,
                dys = dy,
                dxs = dx
        )
            RowPass.Run(pool, y.Length, new BackwardRows(channels, ys, dys, dxs));
    }

    private readonly struct ForwardRows(int channels, float* x, float* y) : IRowKernel
    {
        public int Channels => channels;

        public void Run(long row)
        {
            long start = row * channels;
            Forward(new(x + start, channels), new(y + start, channels));
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
    }

    private readonly struct BackwardRows(int channels, float* y, float* dy, float* dx) : IRowKernel
    {
        public int Channels => channels;

        public void Run(long row)
        {
            long start = row * channels;
            Backward(new(y + start, channels), new(dy + start, channels), new(dx + start, channels));
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
