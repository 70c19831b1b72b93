using Evenkeel.Kernels.Convolution.Weights;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

public static unsafe partial class Convolution
{
    /// <summary>dx = the gradient that arrives at the input.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="batch">Images; may be 0.</param>
    /// <param name="dy">[batch, output height, output width, output channels].</param>
    /// <param name="w">[kernel height, kernel width, input channels / groups, output channels].</param>
    /// <param name="dx">[batch, height, width, input channels], overwritten; zero where no position of the kernel reaches.</param>
    /// <param name="accumulates">Whether the gradient is added to what dx holds.</param>
    /// <exception cref="ArgumentException">The shape is impossible, or a span does not have its size.</exception>
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
        CheckGradient(pool, shape, batch, dy.Length, w.Length, dx.Length);
        fixed (float* dys = dy)
        fixed (float* ws = w)
        fixed (float* dxs = dx)
            WidestLanes.Run(new InputGradientAction(pool, Operands(shape, batch, dxs, ws, dys), accumulates));
    }

    /// <summary>dw = the gradient of the weights, summed over the batch; zeros for an empty batch.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="batch">Images; may be 0.</param>
    /// <param name="x">[batch, height, width, input channels].</param>
    /// <param name="dy">[batch, output height, output width, output channels].</param>
    /// <param name="dw">[kernel height, kernel width, input channels / groups, output channels], overwritten.</param>
    /// <exception cref="ArgumentException">The shape is impossible, or a span does not have its size.</exception>
    public static void GradientToWeights(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        Span<float> dw
    )
    {
        CheckShape(pool, shape, batch);
        CheckLength(nameof(x), x.Length, InputFloats(shape, batch), shape, batch);
        CheckLength(nameof(dy), dy.Length, OutputFloats(shape, batch), shape, batch);
        CheckLength(nameof(dw), dw.Length, shape.Weights, shape, batch);
        fixed (float* xs = x)
        fixed (float* dys = dy)
        fixed (float* dws = dw)
            WidestLanes.Run(new WeightGradientAction(pool, Operands(shape, batch, xs, dws, dys)));
    }

    private static void CheckGradient(WorkerPool pool, in ConvolutionShape shape, int batch, int dy, int w, int dx)
    {
        CheckShape(pool, shape, batch);
        CheckLength(nameof(dy), dy, OutputFloats(shape, batch), shape, batch);
        CheckLength(nameof(w), w, shape.Weights, shape, batch);
        CheckLength(nameof(dx), dx, InputFloats(shape, batch), shape, batch);
    }

    private readonly struct InputGradientAction(WorkerPool pool, ConvolutionOperands operands, bool accumulates)
        : ILanesAction
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => InputGradient<TVec, TLanes>.Run(pool, operands, accumulates);
    }

    private readonly struct WeightGradientAction(WorkerPool pool, ConvolutionOperands operands) : ILanesAction
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => WeightGradient<TVec, TLanes>.Run(pool, operands);
    }
}
