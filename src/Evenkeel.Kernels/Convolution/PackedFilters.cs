using Evenkeel.Kernels.Convolution.Groups;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Convolution.Winograd;
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
    private readonly long _offset;
    private MemoryBlock? _block;

    private PackedFilters(in ConvolutionShape shape, Layout layout, MemoryBlock block, long offset)
    {
        (Shape, Method, Bytes) = (shape, layout.Method, layout.Bytes);
        GroupsShareRegisters = layout.ShareRegisters;
        (_block, _offset) = (block, offset);
    }

    /// <summary>The convolution that they are for.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>Memory that they take.</summary>
    public long Bytes { get; }

    /// <summary>How they are multiplied, whatever the batch.</summary>
    internal ConvolutionMethod Method { get; }

    /// <summary>Whether they lie as they were given, for groups so narrow that several share a register.</summary>
    internal bool GroupsShareRegisters { get; }

    /// <summary>Where they are; the block is to be referred to as long as the address is in use.</summary>
    internal float* In(out MemoryBlock block)
    {
        block =
            _block
            ?? throw new ObjectDisposedException(nameof(PackedFilters), "These packed weights have been disposed of.");
        return (float*)(block.Pointer + _offset);
    }

    /// <summary>Packs weights.</summary>
    /// <param name="pool">Threads to use.</param>
    /// <param name="shape">Sizes; not of groups of single channels, which are not packed.</param>
    /// <param name="batch">The usual batch, 1 or more; by it is chosen how they are multiplied, for any batch.</param>
    /// <param name="w">[kernel height, kernel width, input channels / groups, output channels].</param>
    /// <exception cref="ArgumentException">The shape is impossible, or there are not as many weights as it says.</exception>
    public static PackedFilters Pack(WorkerPool pool, in ConvolutionShape shape, int batch, ReadOnlySpan<float> w) =>
        Pack(pool, shape, batch, w, new MemoryBlock(BytesOf(pool, shape, batch)), 0);

    /// <summary>Packs weights into part of a block, which they share with others: small ones then lie on large pages too.</summary>
    /// <param name="pool">Threads to use.</param>
    /// <param name="shape">Sizes; not of groups of single channels, which are not packed.</param>
    /// <param name="batch">The usual batch, 1 or more; by it is chosen how they are multiplied, for any batch.</param>
    /// <param name="w">[kernel height, kernel width, input channels / groups, output channels].</param>
    /// <param name="block">Memory; it lasts until all that share it are gone.</param>
    /// <param name="offset">First byte of the part, of <see cref="BytesOf"/> bytes; a multiple of <see cref="MemoryBlock.Alignment"/>.</param>
    /// <exception cref="ArgumentException">The shape is impossible, or there are not as many weights as it says.</exception>
    public static PackedFilters Pack(
        WorkerPool pool,
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> w,
        MemoryBlock block,
        long offset
    )
    {
        ArgumentNullException.ThrowIfNull(block);
        Layout layout = Plan(pool, shape, batch);
        Convolution.CheckWeights(pool, shape, batch, w.Length);
        fixed (float* from = w)
        fixed (byte* to = block.Span<byte>(offset, checked((int)layout.Bytes)))
        {
            if (layout.ShareRegisters)
            {
                w.CopyTo(new Span<float>(to, w.Length));
            }
            else
            {
                var fill = new FillAction(pool, Operands(shape, batch, layout.Method) with { Weights = from }, to);
                WidestLanes.Run(shape.GroupOutputs, ref fill);
            }
        }

        return new PackedFilters(shape, layout, block, offset);
    }

    /// <summary>Memory that packed weights take, in bytes.</summary>
    /// <param name="pool">Threads that are used.</param>
    /// <param name="shape">Sizes; not of groups of single channels, which are not packed.</param>
    /// <param name="batch">The usual batch, 1 or more.</param>
    public static long BytesOf(WorkerPool pool, in ConvolutionShape shape, int batch) => Plan(pool, shape, batch).Bytes;

    /// <inheritdoc/>
    public void Dispose() => _block = null;

    private static Layout Plan(WorkerPool pool, in ConvolutionShape shape, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        Convolution.CheckShape(pool, shape, batch);
        if (GroupConvolution.Fits(shape))
            return new Layout(ConvolutionMethod.Direct, shape.Weights * sizeof(float), ShareRegisters: true);
        var plan = new PlanAction(pool, Operands(shape, batch, ConvolutionMethod.ByShape));
        WidestLanes.Run(shape.GroupOutputs, ref plan);
        return plan.Layout;
    }

    private static ConvolutionOperands Operands(in ConvolutionShape shape, int batch, ConvolutionMethod method) =>
        new()
        {
            Shape = shape,
            Batch = batch,
            YStride = shape.OutputChannels,
            Method = method,
        };

    private readonly record struct Layout(ConvolutionMethod Method, long Bytes, bool ShareRegisters = false);

    private struct PlanAction(WorkerPool pool, ConvolutionOperands operands) : ILanesAction
    {
        public Layout Layout { get; private set; }

        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            PatchGrid grid = ForwardConvolution<TVec, TLanes>.Grid(operands, 0);
            ConvolutionMethod method = WinogradChoice.ForPacked(grid, operands.Shape.GroupOutputs);
            ConvolutionOperands chosen = operands with { Method = method };
            long floats = operands.Shape.Groups * (long)ForwardConvolution<TVec, TLanes>.PackedFloats(pool, chosen);
            Layout = new Layout(method, floats * sizeof(float));
        }
    }

    private readonly struct FillAction(WorkerPool pool, ConvolutionOperands operands, byte* packed) : ILanesAction
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => ForwardConvolution<TVec, TLanes>.Pack(pool, operands, (float*)packed);
    }
}
