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
    /// <param name="window">The channels around and their numbers.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="y">Receives [rows, channels]; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">A size or a number does not fit, or y overlaps x without being the same memory.</exception>
    public static void Forward(
        WorkerPool pool,
        int rows,
        int channels,
        in ResponseWindow window,
        ReadOnlySpan<float> x,
        Span<float> y
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckMatrix(rows, channels, x.Length);
        MatrixArguments.CheckMatrix(rows, channels, y.Length);
        MatrixArguments.CheckOverlap(x, y);
        window.Check();
        fixed (
            float* xs = x,
                ys = y
        )
        {
            var pass = new ResponsePass(pool, new(rows, channels), window, new(xs, ys, null, null));
            WidestLanes.Run(ref pass);
        }
    }

    /// <summary>
    /// dx = dy / s^beta - 2 alpha beta / size * x * sum of dy * y / s over the channels whose window holds this one.
    /// </summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="window">As in the forward pass.</param>
    /// <param name="x">[rows, channels]: the input of the forward pass.</param>
    /// <param name="y">[rows, channels]: its output.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="dx">Receives [rows, channels]; may be <paramref name="dy"/>.</param>
    /// <exception cref="ArgumentException">A size or a number does not fit, or dx overlaps an input without being the same memory.</exception>
    public static void Backward(
        WorkerPool pool,
        int rows,
        int channels,
        in ResponseWindow window,
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
        window.Check();
        fixed (
            float* xs = x,
                ys = y,
                dys = dy,
                dxs = dx
        )
        {
            var pass = new ResponsePass(pool, new(rows, channels), window, new(xs, ys, dys, dxs));
            WidestLanes.Run(ref pass);
        }
    }
}

/// <summary>The numbers of a local response normalisation.</summary>
/// <param name="Size">Channels of a window, 1 or more.</param>
/// <param name="Alpha">Weight of the squares, 0 or more.</param>
/// <param name="Beta">The exponent; 0.75 is fast.</param>
/// <param name="K">More than 0.</param>
public readonly record struct ResponseWindow(int Size, float Alpha, float Beta, float K)
{
    /// <summary>Channels of the window in front of its own.</summary>
    internal int Before => Size / 2;

    /// <summary>Channels of the window behind its own.</summary>
    internal int After => (Size - 1) / 2;

    /// <summary>alpha / size.</summary>
    internal float PerChannel => Alpha / Size;

    /// <summary>2 alpha beta / size, with a minus.</summary>
    internal float GradientFactor => (float)(-2.0 * Alpha * Beta / Size);

    /// <exception cref="ArgumentException">A number does not fit.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Size, 1);
        if (!(K > 0 && float.IsFinite(K) && Alpha >= 0 && float.IsFinite(Alpha) && float.IsFinite(Beta)))
        {
            throw new ArgumentException(
                $"Local response normalisation needs k > 0, alpha >= 0 and a finite beta, not k = {K}, alpha = {Alpha}, beta = {Beta}."
            );
        }
    }
}
