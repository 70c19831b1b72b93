using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

// The input of these is g of a batch normalisation: it is made pixel by pixel while it is read, with the arithmetic of Normalize, and never written.
public static unsafe partial class Convolution
{
    /// <summary>y = conv(g(normalised x), w), where the normalised value is made while it is read.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">Sizes; one group.</param>
    /// <param name="batch">Images; may be 0.</param>
    /// <param name="input">[batch, height, width, input channels].</param>
    /// <param name="w">[kernel height, kernel width, input channels, output channels].</param>
    /// <param name="y">[batch, output height, output width, output channels], overwritten.</param>
    /// <exception cref="ArgumentException">The shape is impossible or has groups, or a span does not have its size.</exception>
    public static void Forward<TAct>(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        NormalizedInput<TAct> input,
        ReadOnlySpan<float> w,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        CheckForward(pool, shape, batch, input.X.Length, w.Length, y.Length, shape.OutputChannels);
        CheckInput(shape, input);
        InputNorm norm;
        fixed (float* xs = input.X)
        fixed (float* ws = w)
        fixed (float* ys = y)
        {
            ConvolutionOperands operands = Operands(shape, batch, xs, ws, ys);
            operands.Norm = &norm;
            var forward = new ForwardAction<Identity>(pool, default, operands, null);
            WidestLanes.Run(new NormalizedAction<TAct, ForwardAction<Identity>>(input, &norm, forward));
        }
    }

    /// <summary>y = conv(g(normalised x), w) and the moments of y's channels, where the normalised value is made while it is read.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">Sizes; one group.</param>
    /// <param name="batch">Images; 1 or more, as there is no mean of nothing.</param>
    /// <param name="input">[batch, height, width, input channels].</param>
    /// <param name="w">[kernel height, kernel width, input channels, output channels].</param>
    /// <param name="y">[batch, output height, output width, output channels], overwritten.</param>
    /// <param name="moments">Receives those of the output channels.</param>
    /// <exception cref="ArgumentException">The shape is impossible or has groups, or a span does not have its size.</exception>
    public static void ForwardWithStatistics<TAct>(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        NormalizedInput<TAct> input,
        ReadOnlySpan<float> w,
        Span<float> y,
        in ChannelMoments moments
    )
        where TAct : struct, IActivation
    {
        CheckStatistics(pool, shape, batch, input.X.Length, w.Length, y.Length, moments);
        CheckInput(shape, input);
        InputNorm norm;
        fixed (float* xs = input.X)
        fixed (float* ws = w)
        fixed (float* ys = y)
        {
            ConvolutionOperands operands = Operands(shape, batch, xs, ws, ys);
            operands.Norm = &norm;
            var forward = new StatisticsAction(pool, operands, moments);
            WidestLanes.Run(new NormalizedAction<TAct, StatisticsAction>(input, &norm, forward));
        }
    }

    /// <summary>dw = the gradient of the weights, summed over the batch, where the normalised value is made once more while it is read.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">Sizes; one group.</param>
    /// <param name="batch">Images; may be 0.</param>
    /// <param name="input">[batch, height, width, input channels].</param>
    /// <param name="dy">[batch, output height, output width, output channels].</param>
    /// <param name="dw">[kernel height, kernel width, input channels, output channels], overwritten.</param>
    /// <exception cref="ArgumentException">The shape is impossible or has groups, or a span does not have its size.</exception>
    public static void GradientToWeights<TAct>(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        NormalizedInput<TAct> input,
        ReadOnlySpan<float> dy,
        Span<float> dw
    )
        where TAct : struct, IActivation
    {
        CheckGradient(pool, shape, batch, dy.Length, dw.Length, input.X.Length);
        CheckInput(shape, input);
        InputNorm norm;
        fixed (float* xs = input.X)
        fixed (float* dys = dy)
        fixed (float* dws = dw)
        {
            ConvolutionOperands operands = Operands(shape, batch, xs, dws, dys);
            operands.Norm = &norm;
            var gradient = new WeightGradientAction(pool, operands);
            WidestLanes.Run(new NormalizedAction<TAct, WeightGradientAction>(input, &norm, gradient));
        }
    }

    private static void CheckInput<TAct>(in ConvolutionShape shape, NormalizedInput<TAct> input)
        where TAct : struct, IActivation
    {
        input.Check(shape.InputChannels);
        if (shape.Groups > 1)
            throw new ArgumentException(
                $"A convolution of {shape.Groups} groups does not normalise its input; normalise it first."
            );
    }

    /// <summary>Fills in the normalisation that an action's operands point to, and runs the action.</summary>
    internal readonly ref struct NormalizedAction<TAct, TAction>(
        NormalizedInput<TAct> input,
        InputNorm* norm,
        TAction action
    ) : ILanesAction
        where TAct : struct, IActivation
        where TAction : struct, ILanesAction, allows ref struct
    {
        private readonly NormalizedInput<TAct> _input = input;
        private readonly TAction _action = action;

        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TAct act = _input.Activation;
            NormCoefficients coefficients = _input.Coefficients;
            fixed (
                float* center = coefficients.Center,
                    scale = coefficients.Scale,
                    shift = coefficients.Shift
            )
            {
                *norm = new InputNorm
                {
                    Kernel = &NormalizedPixels<TAct, TVec, TLanes>.Run,
                    Activation = Unsafe.AsPointer(ref act),
                    Center = center,
                    Scale = scale,
                    Shift = shift,
                    Channels = coefficients.Scale.Length,
                };
                _action.Run<TLanes, TVec>();
            }
        }
    }
}
