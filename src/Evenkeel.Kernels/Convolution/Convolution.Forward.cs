using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

public static unsafe partial class Convolution
{
    /// <summary>y = conv(x, w).</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="batch">Images; may be 0.</param>
    /// <param name="x">[batch, height, width, input channels].</param>
    /// <param name="w">[kernel height, kernel width, input channels / groups, output channels].</param>
    /// <param name="y">[batch, output height, output width, output channels], overwritten.</param>
    /// <exception cref="ArgumentException">The shape is impossible, or a span does not have its size.</exception>
    public static void Forward(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        Span<float> y
    )
    {
        CheckForward(pool, shape, batch, x.Length, w.Length, y.Length, shape.OutputChannels);
        fixed (float* xs = x)
        fixed (float* ws = w)
        fixed (float* ys = y)
            WidestLanes.Run(new ForwardAction<Identity>(pool, default, Operands(shape, batch, xs, ws, ys), null));
    }

    /// <summary>y = g(conv(x, w) + bias), in rows that may be part of wider ones.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="batch">Images; may be 0.</param>
    /// <param name="x">[batch, height, width, input channels].</param>
    /// <param name="filters">Weights and biases.</param>
    /// <param name="y">
    /// From the first output on: output channels of every <paramref name="yStride"/> floats are overwritten, the others left.
    /// </param>
    /// <param name="yStride">Floats from one pixel of y to the next, the output channels or more.</param>
    /// <exception cref="ArgumentException">The shape is impossible, or a span does not have its size.</exception>
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
        CheckForward(pool, shape, batch, x.Length, filters.Weights.Length, y.Length, yStride);
        CheckLength("bias", filters.Bias.Length, shape.OutputChannels, shape, batch);
        fixed (float* xs = x)
        fixed (float* ws = filters.Weights)
        fixed (float* bs = filters.Bias)
        fixed (float* ys = y)
        {
            ConvolutionOperands operands = Operands(shape, batch, xs, ws, ys);
            operands.YStride = yStride;
            WidestLanes.Run(new ForwardAction<TAct>(pool, act, operands, bs));
        }
    }

    /// <summary>
    /// y = conv(x, w), and the moments of y's channels, which are gathered while it is in the caches.
    /// The sums are shifted by values of y itself, so a mean far from zero costs no precision.
    /// </summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="batch">Images; 1 or more, as there is no mean of nothing.</param>
    /// <param name="x">[batch, height, width, input channels].</param>
    /// <param name="w">[kernel height, kernel width, input channels / groups, output channels].</param>
    /// <param name="y">[batch, output height, output width, output channels], overwritten.</param>
    /// <param name="moments">Receives those of the output channels.</param>
    /// <exception cref="ArgumentException">The shape is impossible, or a span does not have its size.</exception>
    public static void ForwardWithStatistics(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        Span<float> y,
        in ChannelMoments moments
    )
    {
        CheckStatistics(pool, shape, batch, x.Length, w.Length, y.Length, moments);
        fixed (float* xs = x)
        fixed (float* ws = w)
        fixed (float* ys = y)
            WidestLanes.Run(new StatisticsAction(pool, Operands(shape, batch, xs, ws, ys), moments));
    }

    private static void CheckStatistics(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        int x,
        int w,
        int y,
        in ChannelMoments moments
    )
    {
        CheckForward(pool, shape, batch, x, w, y, shape.OutputChannels);
        moments.Check(shape.OutputChannels);
        if (batch == 0)
            throw new ArgumentException(
                "There are no statistics of an empty batch; pass 1 image or more.",
                nameof(batch)
            );
    }

    private static void CheckForward(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        int x,
        int w,
        int y,
        int yStride
    )
    {
        CheckShape(pool, shape, batch);
        CheckLength(nameof(x), x, InputFloats(shape, batch), shape, batch);
        CheckLength(nameof(w), w, shape.Weights, shape, batch);
        if (yStride == shape.OutputChannels)
        {
            CheckLength(nameof(y), y, OutputFloats(shape, batch), shape, batch);
            return;
        }

        long rows = batch * shape.Positions;
        long needed = rows == 0 ? 0 : ((rows - 1) * yStride) + shape.OutputChannels;
        if (yStride < shape.OutputChannels || y < needed)
            throw new ArgumentException(
                $"y holds {y} floats with a stride of {yStride}; {rows} rows of {shape.OutputChannels} channels need {needed} floats and a stride of {shape.OutputChannels} or more.",
                nameof(y)
            );
    }

    private static ConvolutionOperands Operands(
        in ConvolutionShape shape,
        int batch,
        float* x,
        float* weights,
        float* y
    ) =>
        new()
        {
            Shape = shape,
            Batch = batch,
            X = x,
            Weights = weights,
            Y = y,
            YStride = shape.OutputChannels,
        };

    private readonly struct ForwardAction<TAct>(WorkerPool pool, TAct act, ConvolutionOperands operands, float* bias)
        : ILanesAction
        where TAct : struct, IActivation
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => ForwardConvolution<TVec, TLanes>.Run(pool, act, operands, bias);
    }

    private readonly ref struct StatisticsAction(WorkerPool pool, ConvolutionOperands operands, ChannelMoments moments)
        : ILanesAction
    {
        private readonly ChannelMoments _moments = moments;

        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => ForwardConvolution<TVec, TLanes>.RunWithStatistics(pool, operands, _moments);
    }
}
