using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Storage;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// Weights of a convolution in the order in which products read them, packed once for many runs: for inference, where weights stay as
/// they are. Any number of threads may use them at once; the memory of those that were disposed of lasts until the last use has ended.
/// </summary>
public sealed unsafe class PackedFilters : IDisposable
{
    private MemoryBlock? _block;

    private PackedFilters(in ConvolutionShape shape, ConvolutionMethod method, nuint floats)
    {
        (Shape, Method, Bytes) = (shape, method, (long)floats * sizeof(float));
        _block = new MemoryBlock(Bytes);
    }

    /// <summary>The convolution that they are for.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>Memory that they take.</summary>
    public long Bytes { get; }

    /// <summary>How they are multiplied, whatever the batch.</summary>
    internal ConvolutionMethod Method { get; }

    /// <summary>Where they are; to be referred to as long as its address is in use.</summary>
    internal MemoryBlock Block =>
        _block
        ?? throw new ObjectDisposedException(nameof(PackedFilters), "These packed weights have been disposed of.");

    /// <summary>Packs weights.</summary>
    /// <param name="pool">Threads to use.</param>
    /// <param name="shape">Sizes; not of groups of single channels, which are not packed.</param>
    /// <param name="batch">The usual batch, 1 or more; by it is chosen how they are multiplied, for any batch.</param>
    /// <param name="w">[kernel height, kernel width, input channels / groups, output channels].</param>
    /// <exception cref="ArgumentException">The shape is impossible, or there are not as many weights as it says.</exception>
    public static PackedFilters Pack(WorkerPool pool, in ConvolutionShape shape, int batch, ReadOnlySpan<float> w)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return Pack(pool, shape, batch, w, ConvolutionMethod.ByShape);
    }

    internal static PackedFilters Pack(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> w,
        ConvolutionMethod method
    )
    {
        Convolution.CheckWeights(pool, shape, batch, w.Length);
        fixed (float* ws = w)
        {
            var operands = new ConvolutionOperands
            {
                Shape = shape,
                Batch = batch,
                Weights = ws,
                YStride = shape.OutputChannels,
                Method = method,
            };
            var action = new PackAction(pool, operands);
            WidestLanes.Run(ref action);
            return action.Packed!;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _block = null;

    private struct PackAction(WorkerPool pool, ConvolutionOperands operands) : ILanesAction
    {
        public PackedFilters? Packed { get; private set; }

        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            PatchGrid grid = ForwardConvolution<TVec, TLanes>.Grid(operands, 0);
            operands.Method = ForwardConvolution<TVec, TLanes>.UsesWinograd(grid, operands)
                ? ConvolutionMethod.Winograd
                : ConvolutionMethod.Direct;
            nuint floats = ForwardConvolution<TVec, TLanes>.PackedFloats(pool, operands);
            Packed = new PackedFilters(operands.Shape, operands.Method, (nuint)operands.Shape.Groups * floats);
            ForwardConvolution<TVec, TLanes>.Pack(pool, operands, (float*)Packed.Block.Pointer);
            GC.KeepAlive(Packed);
        }
    }
}
