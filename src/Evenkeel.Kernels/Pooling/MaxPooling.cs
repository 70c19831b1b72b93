using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Pooling;

/// <summary>
/// The largest value of each window, channel by channel, over images of [batch, height, width, channels]. Padding never wins;
/// of equal values the first in the order of the rows does, and a NaN wins over everything.
/// </summary>
public static unsafe class MaxPooling
{
    /// <summary>y = the largest value of each window.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="y">Receives [batch, output height, output width] positions.</param>
    /// <param name="yStride">Floats from one position of y to the next, at least the channels.</param>
    /// <param name="argMax">
    /// Receives [batch, output height, output width, channels]: the index of the value in its window, counted along the rows of
    /// the whole window; for <see cref="Backward"/>.
    /// </param>
    /// <exception cref="ArgumentException">A size does not fit, memory overlaps, or a window has more than 256 pixels.</exception>
    public static void Forward(
        WorkerPool pool,
        in PoolingShape shape,
        int batch,
        ReadOnlySpan<float> x,
        Span<float> y,
        int yStride,
        Span<byte> argMax
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        PoolingArguments.Check(shape, batch, x, y, yStride);
        PoolingArguments.CheckArgMax(shape, batch, argMax.Length);
        Forward<KeepArgMax>(pool, WidestLanes.Count, shape, batch, x, y, yStride, argMax);
    }

    /// <summary>y = the largest value of each window, for inference.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="x">[batch, height, width, channels].</param>
    /// <param name="y">Receives [batch, output height, output width] positions.</param>
    /// <param name="yStride">Floats from one position of y to the next, at least the channels.</param>
    /// <exception cref="ArgumentException">A size does not fit, or memory overlaps.</exception>
    public static void Forward(
        WorkerPool pool,
        in PoolingShape shape,
        int batch,
        ReadOnlySpan<float> x,
        Span<float> y,
        int yStride
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        PoolingArguments.Check(shape, batch, x, y, yStride);
        Forward<NoArgMax>(pool, WidestLanes.Count, shape, batch, x, y, yStride, []);
    }

    /// <summary>y = the largest value of each window of what is normalised while it is read.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="input">[batch, height, width, channels].</param>
    /// <param name="y">Receives [batch, output height, output width] positions.</param>
    /// <param name="yStride">Floats from one position of y to the next, at least the channels.</param>
    /// <param name="argMax">As of the plain one.</param>
    /// <exception cref="ArgumentException">A size does not fit, memory overlaps, or a window has more than 256 pixels.</exception>
    public static void Forward<TAct>(
        WorkerPool pool,
        in PoolingShape shape,
        int batch,
        NormalizedInput<TAct> input,
        Span<float> y,
        int yStride,
        Span<byte> argMax
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        PoolingArguments.Check(shape, batch, input.X, y, yStride);
        PoolingArguments.CheckArgMax(shape, batch, argMax.Length);
        input.Check(shape.Channels);
        Forward<KeepArgMax, TAct>(pool, WidestLanes.Count, shape, batch, input, y, yStride, argMax);
    }

    /// <summary>dx = the sum of the gradients of the windows whose maximum each pixel is.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="dy">[batch, output height, output width] positions.</param>
    /// <param name="dyStride">Floats from one position of dy to the next, at least the channels.</param>
    /// <param name="argMax">From the forward pass.</param>
    /// <param name="dx">Receives [batch, height, width, channels].</param>
    /// <param name="accumulates">Whether the gradients are added to what dx holds.</param>
    /// <exception cref="ArgumentException">A size does not fit, memory overlaps, or a window has more than 256 pixels.</exception>
    public static void Backward(
        WorkerPool pool,
        in PoolingShape shape,
        int batch,
        ReadOnlySpan<float> dy,
        int dyStride,
        ReadOnlySpan<byte> argMax,
        Span<float> dx,
        bool accumulates = false
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        PoolingArguments.Check(shape, batch, dx, dy, dyStride);
        PoolingArguments.CheckArgMax(shape, batch, argMax.Length);
        if (accumulates)
            Backward<AddingStore>(pool, WidestLanes.Count, shape, batch, dy, dyStride, argMax, dx);
        else if (CanStream(shape.Channels, dx))
            Backward<StreamingStore>(pool, WidestLanes.Count, shape, batch, dy, dyStride, argMax, dx);
        else
            Backward<CachedStore>(pool, WidestLanes.Count, shape, batch, dy, dyStride, argMax, dx);
    }

    private static bool CanStream(int channels, Span<float> output)
    {
        fixed (float* first = output)
            return StreamingStore.Pays(output.Length * (long)sizeof(float))
                && StreamingStore.Reaches(first, channels, WidestLanes.Count);
    }

    internal static void Forward<TArgMax>(
        WorkerPool pool,
        int width,
        in PoolingShape shape,
        int batch,
        ReadOnlySpan<float> x,
        Span<float> y,
        int yStride,
        Span<byte> argMax
    )
        where TArgMax : struct, IArgMax
    {
        fixed (float* xs = x)
        fixed (float* ys = y)
        fixed (byte* winners = argMax)
        {
            var pass = new MaxForwardPass<TArgMax, PlainInput>(shape, default, xs, ys, yStride, winners);
            PoolingWork.RunAll(pool, pass, width, batch * shape.OutputHeight, shape.OutputWidth, shape.Channels);
        }
    }

    internal static void Forward<TArgMax, TAct>(
        WorkerPool pool,
        int width,
        in PoolingShape shape,
        int batch,
        NormalizedInput<TAct> input,
        Span<float> y,
        int yStride,
        Span<byte> argMax
    )
        where TArgMax : struct, IArgMax
        where TAct : struct, IActivation
    {
        NormCoefficients coefficients = input.Coefficients;
        fixed (
            float* xs = input.X,
                ys = y,
                center = coefficients.Center,
                scale = coefficients.Scale,
                shift = coefficients.Shift
        )
        fixed (byte* winners = argMax)
        {
            var map = new NormalizingInput<TAct>(input.Activation, center, scale, shift);
            var pass = new MaxForwardPass<TArgMax, NormalizingInput<TAct>>(shape, map, xs, ys, yStride, winners);
            PoolingWork.RunAll(pool, pass, width, batch * shape.OutputHeight, shape.OutputWidth, shape.Channels);
        }
    }

    internal static void Backward<TStore>(
        WorkerPool pool,
        int width,
        in PoolingShape shape,
        int batch,
        ReadOnlySpan<float> dy,
        int dyStride,
        ReadOnlySpan<byte> argMax,
        Span<float> dx
    )
        where TStore : struct, IStore
    {
        fixed (float* dys = dy)
        fixed (float* dxs = dx)
        fixed (byte* winners = argMax)
        {
            var pass = new MaxBackwardPass<TStore>(shape, dys, dyStride, winners, dxs);
            PoolingWork.RunAll(pool, pass, width, batch * shape.Height, shape.Width, shape.Channels);
        }
    }
}
