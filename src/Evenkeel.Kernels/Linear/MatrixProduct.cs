using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// The products of a fully connected layer y = x w + b and its gradients, on row-major matrices without gaps. Outputs are
/// overwritten and must not overlap the inputs. Results have the same bits for every number of threads, and NaN and infinity
/// propagate as in the plain triple loop.
/// </summary>
public static unsafe class MatrixProduct
{
    /// <summary>y = x w.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="m">Rows of x: the batch; may be 0.</param>
    /// <param name="k">Columns of x: inputs of the layer.</param>
    /// <param name="n">Columns of w: outputs of the layer.</param>
    /// <param name="x">[m, k].</param>
    /// <param name="w">[k, n].</param>
    /// <param name="y">[m, n], overwritten.</param>
    /// <exception cref="ArgumentException">A size is negative, or a span does not have the size given.</exception>
    public static void Forward(
        WorkerPool pool,
        int m,
        int k,
        int n,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        Span<float> y
    ) => Forward(pool, m, k, n, x, w, null, y);

    /// <summary>y = x w + bias, the bias being added to every row.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="m">Rows of x: the batch; may be 0.</param>
    /// <param name="k">Columns of x: inputs of the layer.</param>
    /// <param name="n">Columns of w: outputs of the layer.</param>
    /// <param name="x">[m, k].</param>
    /// <param name="w">[k, n].</param>
    /// <param name="bias">[n].</param>
    /// <param name="y">[m, n], overwritten.</param>
    /// <exception cref="ArgumentException">A size is negative, or a span does not have the size given.</exception>
    public static void ForwardWithBias(
        WorkerPool pool,
        int m,
        int k,
        int n,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        ReadOnlySpan<float> bias,
        Span<float> y
    )
    {
        CheckLength(nameof(bias), bias.Length, n, 1, m, k, n);
        fixed (float* start = bias)
            Forward(pool, m, k, n, x, w, start, y);
    }

    /// <summary>dx = dy w^T: the gradient that arrives at the layer's input.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="m">Rows of dy: the batch; may be 0.</param>
    /// <param name="k">Rows of w: inputs of the layer.</param>
    /// <param name="n">Columns of w: outputs of the layer.</param>
    /// <param name="dy">[m, n].</param>
    /// <param name="w">[k, n].</param>
    /// <param name="dx">[m, k], overwritten.</param>
    /// <exception cref="ArgumentException">A size is negative, or a span does not have the size given.</exception>
    public static void GradientToInput(
        WorkerPool pool,
        int m,
        int k,
        int n,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> w,
        Span<float> dx
    )
    {
        CheckLength(nameof(dy), dy.Length, m, n, m, k, n);
        CheckLength(nameof(w), w.Length, k, n, m, k, n);
        CheckLength(nameof(dx), dx.Length, m, k, m, k, n);
        var product = new Product
        {
            Rows = m,
            Depth = n,
            Columns = k,
            ARowStride = n,
            AStepStride = 1,
            BStepStride = 1,
            BColumnStride = n,
        };
        Run(pool, product, dy, w, dx);
    }

    /// <summary>dw = x^T dy: the gradient of the weights, summed over the batch; zeros for an empty batch.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="m">Rows of x and dy: the batch; may be 0.</param>
    /// <param name="k">Columns of x: inputs of the layer.</param>
    /// <param name="n">Columns of dy: outputs of the layer.</param>
    /// <param name="x">[m, k].</param>
    /// <param name="dy">[m, n].</param>
    /// <param name="dw">[k, n], overwritten.</param>
    /// <exception cref="ArgumentException">A size is negative, or a span does not have the size given.</exception>
    public static void GradientToWeights(
        WorkerPool pool,
        int m,
        int k,
        int n,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        Span<float> dw
    )
    {
        CheckLength(nameof(x), x.Length, m, k, m, k, n);
        CheckLength(nameof(dy), dy.Length, m, n, m, k, n);
        CheckLength(nameof(dw), dw.Length, k, n, m, k, n);
        var product = new Product
        {
            Rows = k,
            Depth = m,
            Columns = n,
            ARowStride = 1,
            AStepStride = k,
            BStepStride = n,
            BColumnStride = 1,
        };
        Run(pool, product, x, dy, dw);
    }

    private static void Forward(
        WorkerPool pool,
        int m,
        int k,
        int n,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        float* bias,
        Span<float> y
    )
    {
        CheckLength(nameof(x), x.Length, m, k, m, k, n);
        CheckLength(nameof(w), w.Length, k, n, m, k, n);
        CheckLength(nameof(y), y.Length, m, n, m, k, n);
        var product = new Product
        {
            Rows = m,
            Depth = k,
            Columns = n,
            ARowStride = k,
            AStepStride = 1,
            BStepStride = n,
            BColumnStride = 1,
            Bias = bias,
        };
        Run(pool, product, x, w, y);
    }

    private static void Run(
        WorkerPool pool,
        Product product,
        ReadOnlySpan<float> a,
        ReadOnlySpan<float> b,
        Span<float> c
    )
    {
        fixed (float* pa = a)
        fixed (float* pb = b)
        fixed (float* pc = c)
        {
            product.A = pa;
            product.B = pb;
            product.C = pc;
            Run(pool, product);
        }
    }

    private static void Run(WorkerPool pool, in Product product)
    {
        if (Vector512.IsHardwareAccelerated)
            BlockedProduct<Vector512<float>, Lanes16>.Run(pool, product);
        else if (Vector256.IsHardwareAccelerated)
            BlockedProduct<Vector256<float>, Lanes8>.Run(pool, product);
        else if (Vector128.IsHardwareAccelerated)
            BlockedProduct<Vector128<float>, Lanes4>.Run(pool, product);
        else
            BlockedProduct<float, Lanes1>.Run(pool, product);
    }

    private static void CheckLength(string name, int length, int rows, int columns, int m, int k, int n)
    {
        if (m < 0 || k < 0 || n < 0)
            throw new ArgumentException($"Sizes must not be negative, but m = {m}, k = {k}, n = {n}.");
        if (length != (long)rows * columns)
            throw new ArgumentException(
                $"{name} holds {length} floats; m = {m}, k = {k}, n = {n} need {rows} x {columns}.",
                name
            );
    }
}
