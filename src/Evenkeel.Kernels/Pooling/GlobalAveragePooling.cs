using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Pooling;

/// <summary>The average of each channel over all positions of an image.</summary>
public static unsafe class GlobalAveragePooling
{
    /// <summary>
    /// y[b, c] = the average of x[b, p, c] over p. Blocks of 64 positions are summed first and then added up, which keeps
    /// the error of large images small.
    /// </summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="positions">Positions of an image, 1 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[batch, positions, channels].</param>
    /// <param name="y">Receives [batch, channels].</param>
    /// <exception cref="ArgumentException">A size does not fit, or memory overlaps.</exception>
    public static void Forward(
        WorkerPool pool,
        int batch,
        int positions,
        int channels,
        ReadOnlySpan<float> x,
        Span<float> y
    )
    {
        Check(pool, batch, positions, channels, x, y);
        Forward(pool, WidestLanes.Count, batch, positions, channels, x, y);
    }

    /// <summary>dx[b, p, c] = dy[b, c] / positions.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="positions">Positions of an image, 1 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="dy">[batch, channels].</param>
    /// <param name="dx">Receives [batch, positions, channels].</param>
    /// <exception cref="ArgumentException">A size does not fit, or memory overlaps.</exception>
    public static void Backward(
        WorkerPool pool,
        int batch,
        int positions,
        int channels,
        ReadOnlySpan<float> dy,
        Span<float> dx
    )
    {
        Check(pool, batch, positions, channels, dx, dy);
        Backward<Overwrite>(pool, WidestLanes.Count, batch, positions, channels, dy, dx);
    }

    /// <summary>dx[b, p, c] += dy[b, c] / positions.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="positions">Positions of an image, 1 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="dy">[batch, channels].</param>
    /// <param name="dx">[batch, positions, channels], added to.</param>
    /// <exception cref="ArgumentException">A size does not fit, or memory overlaps.</exception>
    public static void AddBackward(
        WorkerPool pool,
        int batch,
        int positions,
        int channels,
        ReadOnlySpan<float> dy,
        Span<float> dx
    )
    {
        Check(pool, batch, positions, channels, dx, dy);
        Backward<Accumulate>(pool, WidestLanes.Count, batch, positions, channels, dy, dx);
    }

    internal static void Forward(
        WorkerPool pool,
        int width,
        int batch,
        int positions,
        int channels,
        ReadOnlySpan<float> x,
        Span<float> y
    )
    {
        fixed (
            float* xs = x,
                ys = y
        )
        {
            var pass = new GlobalForwardPass(xs, ys, positions, channels);
            PoolingWork<GlobalForwardPass>.RunAll(pool, pass, width, batch, positions, channels);
        }
    }

    internal static void Backward<TTarget>(
        WorkerPool pool,
        int width,
        int batch,
        int positions,
        int channels,
        ReadOnlySpan<float> dy,
        Span<float> dx
    )
        where TTarget : struct, ITarget
    {
        fixed (
            float* dys = dy,
                dxs = dx
        )
        {
            var pass = new GlobalBackwardPass<TTarget>(dys, dxs, positions, channels);
            PoolingWork<GlobalBackwardPass<TTarget>>.RunAll(pool, pass, width, batch, positions, channels);
        }
    }

    private static void Check(
        WorkerPool pool,
        int batch,
        int positions,
        int channels,
        ReadOnlySpan<float> images,
        ReadOnlySpan<float> averages
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        MatrixArguments.CheckShape(batch, channels);
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        PoolingArguments.CheckLength((long)batch * positions * channels, images.Length, "image span");
        PoolingArguments.CheckLength((long)batch * channels, averages.Length, "span of averages");
        if (images.Overlaps(averages))
            throw new ArgumentException("The images and their averages overlap; use separate memory.");
    }
}
