using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>
/// Convolutions whose every input channel is a group of its own: output channel oc reads input channel
/// oc / (output channels / input channels). Weights are [kernel height, kernel width, 1, output channels]. Results do not
/// depend on the number of threads. Equal numbers of input and output channels are fast.
/// </summary>
public static unsafe partial class DepthwiseConvolution
{
    /// <summary>y = x convolved with w.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="shape">The convolution; its groups are its input channels.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="x">[batch, height, width, input channels].</param>
    /// <param name="w">[kernel height, kernel width, 1, output channels].</param>
    /// <param name="y">Receives [batch, output height, output width, output channels].</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps an input.</exception>
    public static void Forward(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        Span<float> y
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        var geometry = new DepthwiseGeometry(shape, batch);
        geometry.CheckLengths(x.Length, w.Length, y.Length, geometry.Outputs);
        CheckApart(x, w, y);
        Forward(pool, WidestLanes.Count, geometry, default(DepthwiseSum<CachedStore>), x, w, y, geometry.Outputs);
    }

    /// <summary>y = g(x convolved with w + bias).</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="shape">The convolution; its groups are its input channels.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="x">[batch, height, width, input channels].</param>
    /// <param name="filters">Weights and biases.</param>
    /// <param name="y">Receives [batch, output height, output width] positions.</param>
    /// <param name="yStride">Floats from one position of y to the next, at least the output channels.</param>
    /// <exception cref="ArgumentException">A size does not fit, or y overlaps an input.</exception>
    public static void ForwardWithBias<TAct>(
        WorkerPool pool,
        TAct act,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> x,
        BiasedFilters filters,
        Span<float> y,
        int yStride
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        var geometry = new DepthwiseGeometry(shape, batch);
        geometry.CheckLengths(x.Length, filters.Weights.Length, y.Length, yStride);
        PoolingArguments.CheckLength(geometry.Outputs, filters.Bias.Length, "bias");
        CheckApart(x, filters.Weights, y);
        fixed (float* biases = filters.Bias)
        {
            var epilogue = new DepthwiseBias<TAct>(act, biases);
            Forward(pool, WidestLanes.Count, geometry, epilogue, x, filters.Weights, y, yStride);
        }
    }

    internal static void Forward<TEpilogue>(
        WorkerPool pool,
        int width,
        in DepthwiseGeometry geometry,
        TEpilogue epilogue,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        Span<float> y,
        int yStride
    )
        where TEpilogue : struct, IDepthwiseEpilogue
    {
        fixed (float* xs = x)
        fixed (float* ws = w)
        fixed (float* ys = y)
        {
            var operands = new DepthwiseOperands(xs, ws, ys, yStride);
            DepthwiseSlide slide = DepthwiseSlide.Forward(geometry);
            if (DepthwiseSlide.Fits(geometry, StrideOfTwo.Pixels))
                Slide<TEpilogue, StrideOfTwo>(pool, width, slide, geometry.Batch, epilogue, operands);
            else if (geometry.Multiplier > 1 || !DepthwiseCut.Pays(geometry))
                Gather(pool, width, geometry, epilogue, operands);
            else if (DepthwiseSlide.Fits(geometry, StrideOfOne.Pixels))
                Slide<TEpilogue, StrideOfOne>(pool, width, slide, geometry.Batch, epilogue, operands);
            else
                DepthwiseStrips.Run(pool, width, geometry, new DepthwiseSums<TEpilogue>(epilogue), operands);
        }
    }

    private static void Gather<TEpilogue>(
        WorkerPool pool,
        int width,
        in DepthwiseGeometry geometry,
        TEpilogue epilogue,
        DepthwiseOperands operands
    )
        where TEpilogue : struct, IDepthwiseEpilogue
    {
        var pass = new DepthwiseForwardPass<TEpilogue>(geometry, epilogue, operands);
        int rows = geometry.Batch * geometry.Vertical.Output,
            pixels = geometry.Horizontal.Output;
        PoolingWork.RunAll(pool, pass, geometry.WidthOf(width), rows, pixels, geometry.Outputs);
    }

    private static void Slide<TEpilogue, TStride>(
        WorkerPool pool,
        int width,
        in DepthwiseSlide slide,
        int batch,
        TEpilogue epilogue,
        DepthwiseOperands operands
    )
        where TEpilogue : struct, IDepthwiseEpilogue
        where TStride : struct, IDepthwiseStride
    {
        using Scratch lent = DepthwiseScratch.Borrow(pool, 0);
        float* zeros = (float*)lent.Pointer;
        var pass = new DepthwiseSlidePass<TEpilogue, TStride>(slide, epilogue, operands, zeros);
        PoolingWork.RunAll(pool, pass, width, batch * slide.TargetRows, slide.TargetColumns, slide.Channels);
    }

    private static void CheckApart(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> output)
    {
        if (output.Overlaps(a) || output.Overlaps(b))
            throw new ArgumentException("The output of a convolution overlaps an input; use separate memory.");
    }
}

/// <summary>What a depthwise convolution reads and writes; in a backward pass the source is a gradient.</summary>
internal readonly unsafe struct DepthwiseOperands(float* source, float* weights, float* target, int targetStride)
{
    public float* Source => source;

    public float* Weights => weights;

    public float* Target => target;

    /// <summary>Floats from one position of the target to the next.</summary>
    public int TargetStride => targetStride;
}
