using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Resizing;

/// <summary>Images of another size, each pixel between the four of the original around it, and the gradient.</summary>
public static unsafe class Bilinear
{
    /// <summary>y = the weighted mean of four pixels of x.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="rows">Where rows of the result lie.</param>
    /// <param name="columns">Where its columns lie.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[images, height, width, channels].</param>
    /// <param name="y">Receives [images, rows made, columns made, channels].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Forward(
        WorkerPool pool,
        LinearAxis rows,
        LinearAxis columns,
        int channels,
        ReadOnlySpan<float> x,
        Span<float> y
    )
    {
        int images = Check(pool, rows, columns, channels, x.Length, y.Length);
        fixed (float* xs = x)
        fixed (float* ys = y)
        {
            // A row of the result at a time.
            var pass = new BilinearPass<TakePixel>(pool, rows, columns, channels, images * rows.Made, 1, new(xs, ys));
            WidestLanes.Run(ref pass);
        }
    }

    /// <summary>dx = the sum of dy over all pixels that x has a share of, times the shares.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="rows">As in the forward pass.</param>
    /// <param name="columns">As in the forward pass.</param>
    /// <param name="channels">As in the forward pass.</param>
    /// <param name="dy">[images, rows made, columns made, channels].</param>
    /// <param name="dx">Receives [images, height, width, channels].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Backward(
        WorkerPool pool,
        LinearAxis rows,
        LinearAxis columns,
        int channels,
        ReadOnlySpan<float> dy,
        Span<float> dx
    )
    {
        int images = Check(pool, rows, columns, channels, dx.Length, dy.Length);
        dx.Clear();
        fixed (float* dys = dy)
        fixed (float* dxs = dx)
        {
            // Neighbouring rows give to the same pixels, so an image is one thread's.
            var pass = new BilinearPass<GivePixel>(pool, rows, columns, channels, images, rows.Made, new(dxs, dys));
            WidestLanes.Run(ref pass);
        }
    }

    private static int Check(WorkerPool pool, LinearAxis rows, LinearAxis columns, int channels, int source, int result)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        long image = (long)rows.Length * columns.Length * channels,
            made = (long)rows.Made * columns.Made * channels,
            images = source / image;
        return images * image == source && images * made == result
            ? (int)images
            : throw new ArgumentException($"{source} and {result} values are not images of {image} made {made}.");
    }
}
