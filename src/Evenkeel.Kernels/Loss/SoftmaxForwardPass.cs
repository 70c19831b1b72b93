using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Loss;

/// <summary>
/// The forward pass, a block of rows at a time: subtract each row's maximum, exponentiate the whole block as one flat range
/// (so that rows of ten classes fill registers as well as rows of a thousand), then sum and divide each row.
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
    /// <inheritdoc/>
    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        var blocks = new RowBlocks(rows, classes);
        var work = new Blocks<TLanes, TVec>(blocks, classes, logits, labels, probabilities, losses);
        pool.For(blocks.Count, ref work);
    }

    private readonly struct Blocks<TLanes, TVec>(
        RowBlocks blocks,
        int classes,
        float* logits,
        int* labels,
        float* probabilities,
        float* losses
    ) : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            int first = blocks.First(chunk);
            int end = first + blocks.Rows(chunk);
            for (int row = first; row < end; row++)
                SubtractMax(row);
            var exp = new ExpKernel(probabilities);
            ElementwiseRange.Run<ExpKernel, TLanes, TVec>(exp, (nint)first * classes, (nint)end * classes);
            for (int row = first; row < end; row++)
                Normalize(row);
        }

        // Leaves the label's shifted logit in the row's loss; it is at most 0, so the loss is a sum without cancellation.
        private void SubtractMax(int row)
        {
            nint start = (nint)row * classes;
            float max = RowReduction.Max<TLanes, TVec>(logits + start, classes);
            losses[row] = logits[start + labels[row]] - max;
            var subtract = new SubtractKernel(logits + start, probabilities + start, max);
            ElementwiseRange.Run<SubtractKernel, TLanes, TVec>(subtract, 0, classes);
        }

        // In double, so that a sum of 1 + 1e-9 still tells the loss of a row that is almost surely right.
        private void Normalize(int row)
        {
            float* p = probabilities + ((nint)row * classes);
            double sum = RowReduction.Sum<TLanes, TVec>(p, classes);
            losses[row] = (float)(Math.Log(sum) - losses[row]);
            var scale = new ScaleKernel(p, p, (float)(1 / sum));
            ElementwiseRange.Run<ScaleKernel, TLanes, TVec>(scale, 0, classes);
        }
    }

    private readonly struct ExpKernel(float* values) : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            TLanes.Store(values + index, Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Load(values + index)));
    }

    private readonly struct SubtractKernel(float* source, float* destination, float max) : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            TLanes.Store(destination + index, TLanes.Subtract(TLanes.Load(source + index), TLanes.Splat(max)));
    }
}
