using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Loss;

/// <summary>Softmax with registers that run along a row, for many classes.</summary>
internal readonly unsafe struct WideSoftmax<TLanes, TVec>(
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
    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int first = blocks.First(chunk);
        int end = first + blocks.Rows(chunk);
        for (int row = first; row < end; row++)
            RunRow(row);
    }

    private void RunRow(int row)
    {
        float* z = logits + ((nint)row * classes);
        float* p = probabilities + ((nint)row * classes);
        float max = RowReduction.Max<TLanes, TVec>(z, classes);
        float label = z[labels[row]] - max;
        ElementwiseRange.Run<ShiftedExpKernel, TLanes, TVec>(new(z, p, max), 0, classes);
        double sum = RowReduction.Sum<TLanes, TVec>(p, classes);
        losses[row] = RowLoss.FromSum(sum, label);
        ElementwiseRange.Run<ScaleKernel, TLanes, TVec>(new(p, p, (float)(1 / sum)), 0, classes);
    }

    private readonly struct ShiftedExpKernel(float* source, float* destination, float max) : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TWidth, TRegister>(nint index)
            where TWidth : struct, ILanes<TRegister>
            where TRegister : unmanaged
        {
            TRegister shifted = TWidth.Subtract(TWidth.Load(source + index), TWidth.Splat(max));
            TWidth.Store(destination + index, Exponential.ExpNonPositive<TWidth, TRegister>(shifted));
        }
    }
}
