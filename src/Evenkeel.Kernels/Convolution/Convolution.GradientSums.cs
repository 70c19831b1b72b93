using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

public static unsafe partial class Convolution
{
    /// <summary>The most normalisations whose sums are taken while one gradient is made.</summary>
    public const int MaxPrecedingNorms = 16;

    /// <summary>dx = the gradient of the input, and the sums that the gradients of batch normalisations in front need, taken of dx while it is made.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">Sizes. Where the gradient is added, the kernel reaches every position: it is not smaller than the stride.</param>
    /// <param name="batch">Images; may be 0.</param>
    /// <param name="dy">[batch, output height, output width, output channels].</param>
    /// <param name="w">[kernel height, kernel width, input channels / groups, output channels].</param>
    /// <param name="dx">[batch, height, width, input channels], overwritten; zero where no position of the kernel reaches.</param>
    /// <param name="accumulates">Whether the gradient is added to what dx holds; sums are of what it then holds.</param>
    /// <param name="norms">The normalisations that made the input.</param>
    /// <exception cref="ArgumentException">The shape is impossible, or a span does not have its size.</exception>
    public static void GradientToInput<TAct, TNorms>(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> w,
        Span<float> dx,
        bool accumulates,
        TNorms norms
    )
        where TAct : struct, IActivation
        where TNorms : struct, IPrecedingNorms<TAct>
    {
        CheckGradient(pool, shape, batch, dy.Length, w.Length, dx.Length);
        CheckNorms<TAct, TAct, TNorms>(shape, batch, accumulates, norms);
        fixed (float* dys = dy)
        fixed (float* ws = w)
        fixed (float* dxs = dx)
            WithSums<TAct, SumsOnly, TAct, TNorms>(
                pool,
                Operands(shape, batch, dxs, ws, dys),
                accumulates,
                norms,
                norms[0].Activation
            );
    }

    /// <summary>The same, with d = dx * g' in place of dx: the gradient of a residual that was added in front of the activation.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="shape">Sizes. Where the gradient is added, the kernel reaches every position: it is not smaller than the stride.</param>
    /// <param name="batch">Images; may be 0.</param>
    /// <param name="dy">[batch, output height, output width, output channels].</param>
    /// <param name="w">[kernel height, kernel width, input channels / groups, output channels].</param>
    /// <param name="d">[batch, height, width, input channels].</param>
    /// <param name="accumulates">Whether the gradient is added to what d holds, before it is multiplied.</param>
    /// <param name="norms">The normalisations that made the input, with their outputs: g' is taken from them.</param>
    /// <exception cref="ArgumentException">
    /// The shape is impossible, a span does not have its size, or g' does not follow from the output.
    /// </exception>
    public static void GradientToResidual<TAct, TNorms>(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> w,
        Span<float> d,
        bool accumulates,
        TNorms norms
    )
        where TAct : struct, IActivation
        where TNorms : struct, IPrecedingNorms<TAct>
    {
        CheckGradient(pool, shape, batch, dy.Length, w.Length, d.Length);
        CheckNorms<FromOutput<TAct>, TAct, TNorms>(shape, batch, accumulates, norms);
        FromOutput<TAct> slope = FromOutput<TAct>.Require(norms[0].Activation);
        fixed (float* dys = dy)
        fixed (float* ws = w)
        fixed (float* ds = d)
            WithSums<FromOutput<TAct>, KeptGradient, TAct, TNorms>(
                pool,
                Operands(shape, batch, ds, ws, dys),
                accumulates,
                norms,
                slope
            );
    }

    private static void CheckNorms<TGradient, TAct, TNorms>(
        in ConvolutionShape shape,
        int batch,
        bool accumulates,
        TNorms norms
    )
        where TGradient : struct, IActivation
        where TAct : struct, IActivation
        where TNorms : struct, IPrecedingNorms<TAct>
    {
        if (norms.Count is < 1 or > MaxPrecedingNorms)
            throw new ArgumentException(
                $"Sums of 1 to {MaxPrecedingNorms} normalisations can be taken, but there are {norms.Count}."
            );
        if (accumulates && shape.LeavesInputsOut)
            throw new ArgumentException(
                $"A kernel of {shape.KernelHeight}x{shape.KernelWidth} with strides {shape.StrideY} and {shape.StrideX} leaves positions out, so that no sums can be taken while it adds."
            );
        for (int i = 0; i < norms.Count; i++)
        {
            norms[i].Check<TGradient>(shape, batch);
            for (int j = 0; j < i; j++)
                norms[i].CheckApart(norms[j]);
        }
    }

    private static void WithSums<TGradient, TSink, TAct, TNorms>(
        WorkerPool pool,
        in ConvolutionOperands operands,
        bool accumulates,
        TNorms norms,
        TGradient act
    )
        where TGradient : struct, IActivation
        where TSink : struct, IGradientSink
        where TAct : struct, IActivation
        where TNorms : struct, IPrecedingNorms<TAct>
    {
        PrecedingNormOperands* memory = stackalloc PrecedingNormOperands[norms.Count];
        var preceding = new PrecedingNormsOperands
        {
            Activation = Unsafe.AsPointer(ref act),
            Gradient = operands.X,
            Channels = operands.Shape.InputChannels,
            Norms = memory,
            Count = norms.Count,
        };
        var action = new InputGradientSumsAction<TGradient, TSink>(pool, operands, accumulates, preceding);
        RunPinned<TAct, TNorms, InputGradientSumsAction<TGradient, TSink>>(norms, 0, memory, action);
    }

    // Pins the memory of one normalisation after another: there are few.
    private static void RunPinned<TAct, TNorms, TAction>(
        TNorms norms,
        int index,
        PrecedingNormOperands* memory,
        in TAction action
    )
        where TAct : struct, IActivation
        where TNorms : struct, IPrecedingNorms<TAct>
        where TAction : struct, ILanesAction
    {
        if (index == norms.Count)
        {
            WidestLanes.Run(action);
            return;
        }

        PrecedingNorm<TAct> norm = norms[index];
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
            memory[index] = new PrecedingNormOperands
            {
                X = x,
                Y = y,
                Center = center,
                Scale = scale,
                Shift = shift,
                Sums = sums,
                FirstChannel = norm.FirstChannel,
                Channels = norm.Channels,
            };
            RunPinned<TAct, TNorms, TAction>(norms, index + 1, memory, action);
        }
    }

    private readonly struct InputGradientSumsAction<TAct, TSink>(
        WorkerPool pool,
        ConvolutionOperands operands,
        bool accumulates,
        PrecedingNormsOperands norms
    ) : ILanesAction
        where TAct : struct, IActivation
        where TSink : struct, IGradientSink
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            PrecedingNormsOperands preceding = norms;
            preceding.Kernel = &TileGradientSums<TAct, TSink, TVec, TLanes>.Run;
            InputGradient<TVec, TLanes>.Run(pool, operands, accumulates, &preceding);
        }
    }
}
