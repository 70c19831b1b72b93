using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Normalisation across neighbouring channels of each row (Krizhevsky et al. 2012, section 3.3, with alpha per channel of the
/// window): y = x / s^beta with s = k + alpha/size * sum of x^2 over the <c>size</c> channels around, those that exist. Of an
/// even size, one more lies in front.
/// </summary>
public static unsafe class LocalResponseNorm
{
    /// <summary>y = x / (k + alpha/size * sum of x^2 over the window)^beta.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="size">Channels of a window, 1 or more.</param>
    /// <param name="alpha">0 or more.</param>
    /// <param name="beta">The exponent; 0.75 is fast.</param>
    /// <param name="k">More than 0.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="y">Receives [rows, channels]; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">A size or a number does not fit, or y overlaps x without being the same memory.</exception>
    public static void Forward(
        WorkerPool pool,
        int rows,
        int channels,
        int size,
        float alpha,
        float beta,
        float k,
        ReadOnlySpan<float> x,
        Span<float> y
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckMatrix(rows, channels, x.Length);
        MatrixArguments.CheckMatrix(rows, channels, y.Length);
        MatrixArguments.CheckOverlap(x, y);
        var response = ResponseWindow.Of(size, alpha, beta, k);
        fixed (
            float* xs = x,
                ys = y
        )
        {
            var pass = new ResponsePass(pool, new(rows, channels), response, new(xs, ys, null, null));
            WidestLanes.Run(ref pass);
        }
    }

    /// <summary>
    /// dx = dy / s^beta - 2 alpha beta / size * x * sum of dy * y / s over the channels whose window holds this one.
    /// </summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="size">As in the forward pass.</param>
    /// <param name="alpha">As in the forward pass.</param>
    /// <param name="beta">As in the forward pass.</param>
    /// <param name="k">As in the forward pass.</param>
    /// <param name="x">[rows, channels]: the input of the forward pass.</param>
    /// <param name="y">[rows, channels]: its output.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="dx">Receives [rows, channels]; may be <paramref name="dy"/>.</param>
    /// <exception cref="ArgumentException">A size or a number does not fit, or dx overlaps an input without being the same memory.</exception>
    public static void Backward(
        WorkerPool pool,
        int rows,
        int channels,
        int size,
        float alpha,
        float beta,
        float k,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> dy,
        Span<float> dx
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckMatrix(rows, channels, x.Length);
        MatrixArguments.CheckMatrix(rows, channels, y.Length);
        MatrixArguments.CheckMatrix(rows, channels, dy.Length);
        MatrixArguments.CheckMatrix(rows, channels, dx.Length);
        MatrixArguments.CheckOverlap(x, dx);
        MatrixArguments.CheckOverlap(y, dx);
        MatrixArguments.CheckOverlap(dy, dx);
        var response = ResponseWindow.Of(size, alpha, beta, k);
        fixed (
            float* xs = x,
                ys = y,
                dys = dy,
                dxs = dx
        )
        {
            var pass = new ResponsePass(pool, new(rows, channels), response, new(xs, ys, dys, dxs));
            WidestLanes.Run(ref pass);
        }
    }
}
