using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Depthwise;

public static unsafe partial class DepthwiseConvolution
{
    /// <summary>dx = the gradient with respect to the input.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="shape">The convolution.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="dy">[batch, output height, output width, output channels].</param>
    /// <param name="w">[kernel height, kernel width, 1, output channels].</param>
    /// <param name="dx">Receives [batch, height, width, input channels].</param>
    /// <param name="accumulates">Whether the gradient is added to what dx holds.</param>
    /// <exception cref="ArgumentException">A size does not fit, or dx overlaps an input.</exception>
    public static void GradientToInput(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> w,
        Span<float> dx,
        bool accumulates = false
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        var geometry = new DepthwiseGeometry(shape, batch);
        geometry.CheckLengths(dx.Length, w.Length, dy.Length, geometry.Outputs);
        CheckApart(dy, w, dx);
        if (accumulates)
            GradientToInput<AddingStore>(pool, WidestLanes.Count, geometry, dy, w, dx);
        else
            GradientToInput<CachedStore>(pool, WidestLanes.Count, geometry, dy, w, dx);
    }

    /// <summary>dw = the gradient with respect to the weights; zero for an empty batch.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="shape">The convolution.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="x">[batch, height, width, input channels].</param>
    /// <param name="dy">[batch, output height, output width, output channels].</param>
    /// <param name="dw">Receives [kernel height, kernel width, 1, output channels].</param>
    /// <exception cref="ArgumentException">A size does not fit, or dw overlaps an input.</exception>
    public static void GradientToWeights(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        Span<float> dw
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        var geometry = new DepthwiseGeometry(shape, batch);
        geometry.CheckLengths(x.Length, dw.Length, dy.Length, geometry.Outputs);
        CheckApart(x, dy, dw);
        GradientToWeights(pool, WidestLanes.Count, geometry, x, dy, dw);
    }

    internal static void GradientToWeights(
        WorkerPool pool,
        int width,
        in DepthwiseGeometry geometry,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        Span<float> dw
    )
    {
        fixed (float* xs = x)
        fixed (float* dys = dy)
        fixed (float* dws = dw)
            DepthwiseWeightWork.RunAll(pool, geometry.WidthOf(width), geometry, xs, dys, dws);
    }

    internal static void GradientToInput<TStore>(
        WorkerPool pool,
        int width,
        in DepthwiseGeometry geometry,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> w,
        Span<float> dx
    )
        where TStore : struct, IStore
    {
        fixed (float* dys = dy)
        fixed (float* ws = w)
        fixed (float* dxs = dx)
        {
            if (DepthwiseSlide.Fits(geometry, StrideOfOne.Pixels))
            {
                var slide = DepthwiseSlide.ToInput(geometry);
                var operands = new DepthwiseOperands(dys, ws, dxs, geometry.Inputs);
                Slide<DepthwiseSum<TStore>, StrideOfOne>(pool, width, slide, geometry.Batch, default, operands);
                return;
            }

            var pass = new DepthwiseInputPass<TStore>(geometry, dys, ws, dxs);
            int rows = geometry.Batch * geometry.Vertical.Input,
                pixels = geometry.Horizontal.Input;
            PoolingWork.RunAll(pool, pass, geometry.WidthOf(width), rows, pixels, geometry.Inputs);
        }
    }
}
