using Evenkeel.Kernels.Convolution.Groups;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Storage;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

public static unsafe partial class Convolution
{
    /// <summary>
    /// y = g(conv(x, w) + bias) by packed weights, in rows that may be part of wider ones. An image's result does not depend on the others of
    /// its batch.
    /// </summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="batch">Images; may be 0.</param>
    /// <param name="x">[batch, height, width, input channels].</param>
    /// <param name="w">Weights, packed for the shape.</param>
    /// <param name="bias">[output channels], or empty for none.</param>
    /// <param name="y">
    /// From the first output on: output channels of every <paramref name="yStride"/> floats are overwritten, the others left.
    /// </param>
    /// <param name="yStride">Floats from one pixel of y to the next, the output channels or more.</param>
    /// <exception cref="ArgumentException">A span does not have its size.</exception>
    public static void ForwardPacked<TAct>(
        WorkerPool pool,
        TAct act,
        int batch,
        ReadOnlySpan<float> x,
        PackedFilters w,
        ReadOnlySpan<float> bias,
        Span<float> y,
        int yStride
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(w);
        ConvolutionShape shape = w.Shape;
        CheckForward(pool, shape, batch, x.Length, checked((int)shape.Weights), y.Length, yStride);
        if (!bias.IsEmpty)
            CheckLength(nameof(bias), bias.Length, shape.OutputChannels, shape, batch);
        float* packed = w.In(out MemoryBlock block);
        fixed (float* xs = x)
        fixed (float* bs = bias)
        fixed (float* ys = y)
        {
            ConvolutionOperands operands = Operands(shape, batch, xs, null, ys);
            operands.YStride = yStride;
            operands.Method = w.Method;
            if (w.GroupsShareRegisters)
            {
                operands.Weights = packed;
                GroupConvolution.Run(pool, act, operands, bs);
            }
            else
            {
                var action = new PackedAction<TAct>(pool, act, operands, packed, bs);
                WidestLanes.Run(shape.GroupOutputs, ref action);
            }
        }

        GC.KeepAlive(block);
    }

    internal static void CheckWeights(WorkerPool pool, in ConvolutionShape shape, int batch, int w)
    {
        CheckShape(pool, shape, batch);
        CheckLength(nameof(w), w, shape.Weights, shape, batch);
    }

    private readonly struct PackedAction<TAct>(
        WorkerPool pool,
        TAct act,
        ConvolutionOperands operands,
        float* packed,
        float* bias
    ) : ILanesAction
        where TAct : struct, IActivation
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => ForwardConvolution<TVec, TLanes>.RunPacked(pool, act, operands, packed, bias);
    }
}
