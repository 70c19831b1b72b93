using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Pooling;

/// <summary>The average of each window, channel by channel, over images of [batch, height, width, channels].</summary>
public static unsafe class AveragePooling
{
    /// <summary>y = the average of each window.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="divisor">What sums are divided by; padding adds nothing to them.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="y">Receives [batch, output height, output width] positions.</param>
    /// <param name="yStride">Floats from one position of y to the next, at least the channels.</param>
    /// <exception cref="ArgumentException">A size does not fit, or memory overlaps.</exception>
    public static void Forward(
        WorkerPool pool,
        in PoolingShape shape,
        AverageDivisor divisor,
        int batch,
        ReadOnlySpan<float> x,
        Span<float> y,
        int yStride
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        PoolingArguments.Check(shape, batch, x, y, yStride);
        Forward(pool, WidestLanes.Count, shape, divisor, batch, x, y, yStride);
    }

    /// <summary>dx = the gradient's share of each pixel in the averages that it is part of.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="divisor">As in the forward pass.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="dy">[batch, output height, output width] positions.</param>
    /// <param name="dyStride">Floats from one position of dy to the next, at least the channels.</param>
    /// <param name="dx">Receives [batch, height, width, channels].</param>
    /// <param name="accumulates">Whether the gradient is added to what dx holds.</param>
    /// <exception cref="ArgumentException">A size does not fit, or memory overlaps.</exception>
    public static void Backward(
        WorkerPool pool,
        in PoolingShape shape,
        AverageDivisor divisor,
        int batch,
        ReadOnlySpan<float> dy,
        int dyStride,
        Span<float> dx,
        bool accumulates = false
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        PoolingArguments.Check(shape, batch, dx, dy, dyStride);
        if (accumulates)
            Backward<AddingStore>(pool, WidestLanes.Count, shape, divisor, batch, dy, dyStride, dx);
        else
            Backward<CachedStore>(pool, WidestLanes.Count, shape, divisor, batch, dy, dyStride, dx);
    }

    internal static void Forward(
        WorkerPool pool,
        int width,
        in PoolingShape shape,
        AverageDivisor divisor,
        int batch,
        ReadOnlySpan<float> x,
        Span<float> y,
        int yStride
    )
    {
        nuint tables = StencilAxis.Bytes(shape.Vertical);
        using Scratch lent = pool.Scratch(tables + StencilAxis.Bytes(shape.Horizontal));
        byte* memory = lent.Pointer;
        var vertical = StencilAxis.Forward(shape.Vertical, divisor, memory);
        var horizontal = StencilAxis.Forward(shape.Horizontal, divisor, memory + tables);
        fixed (float* xs = x)
        fixed (float* ys = y)
        {
            var pass = new StencilPass<CachedStore>(vertical, horizontal, xs, shape.Channels, ys, yStride);
            PoolingWork.RunAll(pool, pass, width, batch * shape.OutputHeight, shape.OutputWidth, shape.Channels);
        }
    }

    internal static void Backward<TStore>(
        WorkerPool pool,
        int width,
        in PoolingShape shape,
        AverageDivisor divisor,
        int batch,
        ReadOnlySpan<float> dy,
        int dyStride,
        Span<float> dx
    )
        where TStore : struct, IStore
    {
        nuint tables = StencilAxis.Bytes(shape.Vertical);
        using Scratch lent = pool.Scratch(tables + StencilAxis.Bytes(shape.Horizontal));
        byte* memory = lent.Pointer;
        var vertical = StencilAxis.Backward(shape.Vertical, divisor, memory);
        var horizontal = StencilAxis.Backward(shape.Horizontal, divisor, memory + tables);
        fixed (float* dys = dy)
        fixed (float* dxs = dx)
        {
            var pass = new StencilPass<TStore>(vertical, horizontal, dys, dyStride, dxs, shape.Channels);
            PoolingWork.RunAll(pool, pass, width, batch * shape.Height, shape.Width, shape.Channels);
        }
    }
}
