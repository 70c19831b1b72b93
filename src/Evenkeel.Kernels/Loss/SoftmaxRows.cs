using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
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
        for (int row = blocks.First(chunk); row < blocks.End(chunk); row++)
            RunRow(row);
    }

    private void RunRow(int row)
    {
        float* z = logits + ((nint)row * classes);
        float* p = probabilities + ((nint)row * classes);
        float max = RowReduction.Max<TLanes, TVec>(z, classes);
        float label = z[Math.Max(0, labels[row])] - max;
        ElementwiseRange.Run<ShiftedExpKernel, TLanes, TVec>(new(z, p, max), 0, classes);
        double sum = RowReduction.Sum<TLanes, TVec>(p, classes);
        losses[row] = labels[row] < 0 ? 0 : RowReduction.Loss(sum, label);
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

/// <summary>
/// Softmax with registers that run across rows, for few classes: a block is transposed to [classes, rows], rows padded to
/// whole registers, so that the maximum and the sum of a row are plain vertical operations.
/// </summary>
internal readonly unsafe struct NarrowSoftmax<TLanes, TVec>(
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
    private const int CacheLine = 64;

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int first = blocks.First(chunk);
        int count = blocks.Rows(chunk);
        int stride = (count + TLanes.Count - 1) / TLanes.Count * TLanes.Count;

        // At most 4096 elements, 64 classes of padding and as many sums: the stack holds it on every thread.
        byte* memory = stackalloc byte[(((classes * sizeof(float)) + sizeof(double)) * stride) + CacheLine];
        double* sums = (double*)(((nuint)memory + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        float* columns = (float*)(sums + stride);
        new Span<double>(sums, stride).Clear();
        Transpose(first, count, stride, columns);
        for (int row = 0; row < stride; row += TLanes.Count)
            ShiftByMax(columns + row, stride);
        for (int row = 0; row < count; row++)
            losses[first + row] = columns[(Math.Max(0, labels[first + row]) * stride) + row];
        for (int row = 0; row < stride; row += TLanes.Count)
            ExpAndSum(columns + row, stride, sums + row);
        Normalize(first, count, stride, columns, sums);
    }

    private void Transpose(int first, int count, int stride, float* columns)
    {
        float* source = logits + ((nint)first * classes);
        for (int row = 0; row < count; row++)
        {
            for (int c = 0; c < classes; c++)
                columns[(c * stride) + row] = source[c];
            source += classes;
        }

        for (int c = 0; c < classes; c++)
            new Span<float>(columns + (c * stride) + count, stride - count).Clear();
    }

    private void ShiftByMax(float* columns, int stride)
    {
        TVec max = TLanes.Load(columns);
        for (int c = 1; c < classes; c++)
            max = TLanes.Max(max, TLanes.Load(columns + (c * stride)));
        for (int c = 0; c < classes; c++)
        {
            float* column = columns + (c * stride);
            TLanes.Store(column, TLanes.Subtract(TLanes.Load(column), max));
        }
    }

    private void ExpAndSum(float* columns, int stride, double* sums)
    {
        for (int c = 0; c < classes; c++)
        {
            float* column = columns + (c * stride);
            TVec value = Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Load(column));
            TLanes.Store(column, value);
            TLanes.AddTo(sums, value);
        }
    }

    private void Normalize(int first, int count, int stride, float* columns, double* sums)
    {
        float* destination = probabilities + ((nint)first * classes);
        for (int row = 0; row < count; row++)
        {
            float inverse = (float)(1 / sums[row]);
            for (int c = 0; c < classes; c++)
                destination[c] = columns[(c * stride) + row] * inverse;
            losses[first + row] = labels[first + row] < 0 ? 0 : RowReduction.Loss(sums[row], losses[first + row]);
            destination += classes;
        }
    }
}
