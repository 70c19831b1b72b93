using Evenkeel.Kernels.Lanes;
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
    // Up to here the transposed block stays small, and a row is too short to fill four registers twice.
    private const int NarrowClasses = 64;

    /// <inheritdoc/>
    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        var blocks = new RowBlocks(rows, classes);
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
