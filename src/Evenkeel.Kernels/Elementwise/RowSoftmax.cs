using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>Softmax of each row or its logarithm, and their gradients.</summary>
public static class RowSoftmax
{
    /// <summary>y[i, j] = e^x[i, j] / sum over k of e^x[i, k].</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="channels">Values of a row, 1 or more.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="y">Receives [rows, channels]; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ or are not a whole number of rows.</exception>
    public static void Forward(WorkerPool pool, int channels, ReadOnlySpan<float> x, Span<float> y) =>
        RowPass<Row>.Forward(pool, channels, x, y);

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
    ) => RowPass<Row>.Backward(pool, channels, y, dy, dx);

    /// <summary>
    /// The logarithm of the softmax, y[i, j] = x[i, j] - ln(sum over k of e^x[i, k]); nothing is lost where a share is too small for a float.
    /// </summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="channels">Values of a row, 1 or more.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="y">Receives [rows, channels]; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ or are not a whole number of rows.</exception>
    public static void ForwardLog(WorkerPool pool, int channels, ReadOnlySpan<float> x, Span<float> y) =>
        RowPass<LogRow>.Forward(pool, channels, x, y);

    /// <summary>The gradient of that logarithm, dx[i, j] = dy[i, j] - e^y[i, j] sum over k of dy[i, k].</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="channels">Values of a row, 1 or more.</param>
    /// <param name="y">[rows, channels], what the forward pass made.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="dx">Receives [rows, channels]; may be <paramref name="dy"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ or are not a whole number of rows.</exception>
    public static void BackwardLog(
        WorkerPool pool,
        int channels,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> dy,
        Span<float> dx
    ) => RowPass<LogRow>.Backward(pool, channels, y, dy, dx);

    private readonly struct Row : IRowFunction
    {
        public static void Forward(ReadOnlySpan<float> x, Span<float> y)
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

        public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
        {
            double sum = 0;
            for (int i = 0; i < y.Length; i++)
                sum += (double)y[i] * dy[i];
            for (int i = 0; i < y.Length; i++)
                dx[i] = y[i] * (float)(dy[i] - sum);
        }
    }

    private readonly struct LogRow : IRowFunction
    {
        public static void Forward(ReadOnlySpan<float> x, Span<float> y)
        {
            float top = float.NegativeInfinity;
            foreach (float value in x)
                top = MathF.Max(top, value);
            double sum = 0;
            foreach (float value in x)
                sum += MathF.Exp(value - top);
            float logarithm = (float)Math.Log(sum);
            for (int i = 0; i < y.Length; i++)
                y[i] = x[i] - top - logarithm;
        }

        public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
        {
            double sum = 0;
            foreach (float d in dy)
                sum += d;
            for (int i = 0; i < y.Length; i++)
                dx[i] = (float)(dy[i] - (MathF.Exp(y[i]) * sum));
        }
    }
}
