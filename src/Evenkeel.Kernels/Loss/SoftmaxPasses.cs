using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Loss;

/// <summary>
/// The forward pass, a block of rows at a time. Few classes (ten, say) would leave most of a register empty if it ran along a
/// row, so then it runs across rows; see <see cref="NarrowSoftmax{TLanes,TVec}"/> and <see cref="WideSoftmax{TLanes,TVec}"/>.
/// </summary>
internal readonly unsafe struct SoftmaxForwardPass(
    WorkerPool pool,
    int rows,
    int classes,
    float* logits,
    int* labels,
    float* probabilities,
    float* losses
) : ILanesAction
{
    /// <summary>Values of a chunk, as whole rows.</summary>
    public const int ValuesPerBlock = 4096;

    // Up to here the transposed block stays small, and a row is too short to fill four registers twice.
    private const int NarrowClasses = 64;

    /// <inheritdoc/>
    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        var blocks = new RowBlocks(rows, classes, ValuesPerBlock);
        if (classes <= NarrowClasses)
        {
            var work = new NarrowSoftmax<TLanes, TVec>(blocks, classes, logits, labels, probabilities, losses);
            pool.For(blocks.Count, ref work);
        }
        else
        {
            var work = new WideSoftmax<TLanes, TVec>(blocks, classes, logits, labels, probabilities, losses);
            pool.For(blocks.Count, ref work);
        }
    }
}

/// <summary>The backward pass, a block of rows at a time.</summary>
internal readonly unsafe struct SoftmaxBackwardPass(
    WorkerPool pool,
    int rows,
    int classes,
    float* probabilities,
    int* labels,
    float scale,
    float* dlogits
) : ILanesAction
{
    /// <inheritdoc/>
    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        var blocks = new RowBlocks(rows, classes, SoftmaxForwardPass.ValuesPerBlock);
        pool.For(blocks.Count, new Blocks<TLanes, TVec>(blocks, classes, probabilities, labels, scale, dlogits));
    }

    private readonly struct Blocks<TLanes, TVec>(
        RowBlocks blocks,
        int classes,
        float* probabilities,
        int* labels,
        float scale,
        float* dlogits
    ) : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            for (int row = blocks.First(chunk); row < blocks.End(chunk); row++)
            {
                nint start = (nint)row * classes;
                if (labels[row] < 0)
                {
                    new Span<float>(dlogits + start, classes).Clear();
                    continue;
                }

                // Read before the row is overwritten, which it is when both are the same memory.
                float correct = probabilities[start + labels[row]];
                var multiply = new ScaleKernel(probabilities + start, dlogits + start, scale);
                ElementwiseRange.Run<ScaleKernel, TLanes, TVec>(multiply, 0, classes);
                dlogits[start + labels[row]] = scale * (correct - 1f);
            }
        }
    }
}
