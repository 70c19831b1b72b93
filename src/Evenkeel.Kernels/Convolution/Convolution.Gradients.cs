using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Weights;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Norm;
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

    /// <summary>The same, and the sums that the gradient of a batch normalisation in front needs, taken of dx while it is made.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">Sizes. Where the gradient is added, the kernel reaches every position: it is not smaller than the stride.</param>
    /// <param name="batch">Images; may be 0.</param>
    /// <param name="dy">[batch, output height, output width, output channels].</param>
    /// <param name="w">[kernel height, kernel width, input channels / groups, output channels].</param>
    /// <param name="dx">[batch, height, width, input channels], as without sums.</param>
    /// <param name="accumulates">Whether the gradient is added to what dx holds; sums are of what it then holds.</param>
    /// <param name="norm">The normalisation that made the input.</param>
    /// <exception cref="ArgumentException">The shape is impossible, or a span does not have its size.</exception>
    public static void GradientToInput<TAct>(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> w,
        Span<float> dx,
        bool accumulates,
        in PrecedingNorm<TAct> norm
    )
        where TAct : struct, IActivation
    {
        CheckGradient(pool, shape, batch, dy.Length, w.Length, dx.Length);
        norm.Check<TAct>(shape, batch);
        TAct act = norm.Activation;
        fixed (float* dys = dy)
        fixed (float* ws = w)
        fixed (float* dxs = dx)
            WithSums<TAct, SumsOnly, TAct>(pool, Operands(shape, batch, dxs, ws, dys), accumulates, norm, act);
    }

    /// <summary>The same, with d = dx * g' in place of dx: the gradient of a residual that was added in front of the activation.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">Sizes. Where the gradient is added, the kernel reaches every position: it is not smaller than the stride.</param>
    /// <param name="batch">Images; may be 0.</param>
    /// <param name="dy">[batch, output height, output width, output channels].</param>
    /// <param name="w">[kernel height, kernel width, input channels / groups, output channels].</param>
    /// <param name="d">[batch, height, width, input channels].</param>
    /// <param name="accumulates">Whether the gradient is added to what d holds, before it is multiplied.</param>
    /// <param name="norm">The normalisation that made the input, with its output: g' is taken from it.</param>
    /// <exception cref="ArgumentException">
    /// The shape is impossible, a span does not have its size, or g' does not follow from the output.
    /// </exception>
    public static void GradientToResidual<TAct>(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> w,
        Span<float> d,
        bool accumulates,
        in PrecedingNorm<TAct> norm
    )
        where TAct : struct, IActivation
    {
        CheckGradient(pool, shape, batch, dy.Length, w.Length, d.Length);
        norm.Check<FromOutput<TAct>>(shape, batch);
        FromOutput<TAct> slope = FromOutput<TAct>.Require(norm.Activation);
        fixed (float* dys = dy)
        fixed (float* ws = w)
        fixed (float* ds = d)
            WithSums<FromOutput<TAct>, KeptGradient, TAct>(
                pool,
                Operands(shape, batch, ds, ws, dys),
                accumulates,
                norm,
                slope
            );
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

    private static void WithSums<TGradient, TSink, TAct>(
        WorkerPool pool,
        in ConvolutionOperands operands,
        bool accumulates,
        in PrecedingNorm<TAct> norm,
        TGradient act
    )
        where TGradient : struct, IActivation
        where TSink : struct, IGradientSink
        where TAct : struct, IActivation
    {
        ConvolutionShape shape = operands.Shape;
        if (accumulates && shape.LeavesInputsOut)
            throw new ArgumentException(
                $"A kernel of {shape.KernelHeight}x{shape.KernelWidth} with strides {shape.StrideY} and {shape.StrideX} leaves positions out, so that no sums can be taken while it adds."
            );
        norm.Sums.Clear();
        fixed (
            float* x = norm.X,
                y = norm.Y,
                center = norm.Coefficients.Center,
                scale = norm.Coefficients.Scale,
                shift = norm.Coefficients.Shift
        )
        fixed (double* sums = norm.Sums)
        {
            var preceding = new PrecedingNormOperands
            {
                Activation = Unsafe.AsPointer(ref act),
                X = x,
                Y = y,
                Gradient = operands.X,
                Center = center,
                Scale = scale,
                Shift = shift,
                Sums = sums,
                Channels = shape.InputChannels,
            };
            WidestLanes.Run(new InputGradientSumsAction<TGradient, TSink>(pool, operands, accumulates, preceding));
        }
    }

    private readonly struct InputGradientAction(WorkerPool pool, ConvolutionOperands operands, bool accumulates)
        : ILanesAction
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => InputGradient<TVec, TLanes>.Run(pool, operands, accumulates);
    }

    private readonly struct InputGradientSumsAction<TAct, TSink>(
        WorkerPool pool,
        ConvolutionOperands operands,
        bool accumulates,
        PrecedingNormOperands norm
    ) : ILanesAction
        where TAct : struct, IActivation
        where TSink : struct, IGradientSink
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            PrecedingNormOperands preceding = norm;
            preceding.Kernel = &TileGradientSums<TAct, TSink, TVec, TLanes>.Run;
            InputGradient<TVec, TLanes>.Run(pool, operands, accumulates, &preceding);
        }
    }

    private readonly struct WeightGradientAction(WorkerPool pool, ConvolutionOperands operands) : ILanesAction
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => WeightGradient<TVec, TLanes>.Run(pool, operands);
    }
}
