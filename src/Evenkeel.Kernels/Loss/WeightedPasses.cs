using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Loss;

/// <summary><see cref="ClassTargets"/> behind addresses: class c is aimed at with weight[c] * (kept of the label + share).</summary>
internal readonly unsafe struct AimedAt(int classes, int* labels, float* weights, float smoothing)
{
    private readonly double _sum = Sum(classes, weights);

    public int Classes => classes;

    public float* Weights => weights;

    public float Kept => 1 - smoothing;

    public float Share => smoothing / classes;

    public int LabelOf(int row) => labels[row];

    public bool HasLabel(int row) => labels[row] >= 0;

    public float WeightOf(int row) => weights[labels[row]];

    /// <summary>The sum of a row over all classes.</summary>
    public float Total(int row) => (float)((Kept * (double)WeightOf(row)) + (Share * _sum));

    private static double Sum(int classes, float* weights)
    {
        double sum = 0;
        for (int i = 0; i < classes; i++)
            sum += weights[i];
        return sum;
    }
}

/// <summary>Makes of each row's -log p[label] its loss.</summary>
internal readonly unsafe struct WeighLossesPass(WorkerPool pool, int rows, AimedAt aim, float* logits, float* losses)
    : ILanesAction
{
    /// <inheritdoc/>
    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        var blocks = new RowBlocks(rows, aim.Classes, SoftmaxForwardPass.ValuesPerBlock);
        pool.For(blocks.Count, new Blocks<TLanes, TVec>(blocks, aim, logits, losses));
    }

    private readonly struct Blocks<TLanes, TVec>(RowBlocks blocks, AimedAt aim, float* logits, float* losses)
        : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            for (int row = blocks.First(chunk); row < blocks.End(chunk); row++)
            {
                if (!aim.HasLabel(row))
                    continue;
                double loss = aim.Kept * (double)aim.WeightOf(row) * losses[row];
                // A class that is not aimed at may have no chance at all.
                if (aim.Share > 0)
                    loss += aim.Share * Spread(row);
                losses[row] = (float)loss;
            }
        }

        private double Spread(int row)
        {
            float* z = logits + ((nint)row * aim.Classes);
            var terms = new WeightedLogarithms(z, aim.Weights, z[aim.LabelOf(row)], losses[row]);
            return TermSum.Of<WeightedLogarithms, TLanes, TVec>(terms, aim.Classes);
        }
    }

    // weight[c] * -log p[c], where -log p[c] = -log p[label] + (z[label] - z[c]).
    private readonly struct WeightedLogarithms(float* z, float* weights, float label, float loss) : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec At<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TVec gap = TLanes.Subtract(TLanes.Splat(label), TLanes.Load(z + index));
            return TLanes.Multiply(TLanes.Load(weights + index), TLanes.Add(gap, TLanes.Splat(loss)));
        }
    }
}

/// <summary>The backward pass, a block of rows at a time.</summary>
internal readonly unsafe struct WeightedGradientPass(
    WorkerPool pool,
    int rows,
    AimedAt aim,
    float scale,
    float* probabilities,
    float* dlogits
) : ILanesAction
{
    /// <inheritdoc/>
    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        var blocks = new RowBlocks(rows, aim.Classes, SoftmaxForwardPass.ValuesPerBlock);
        pool.For(blocks.Count, new Blocks<TLanes, TVec>(blocks, aim, scale, probabilities, dlogits));
    }

    private readonly struct Blocks<TLanes, TVec>(
        RowBlocks blocks,
        AimedAt aim,
        float scale,
        float* probabilities,
        float* dlogits
    ) : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            for (int row = blocks.First(chunk); row < blocks.End(chunk); row++)
            {
                nint start = (nint)row * aim.Classes,
                    label = start + aim.LabelOf(row);
                if (!aim.HasLabel(row))
                {
                    new Span<float>(dlogits + start, aim.Classes).Clear();
                    continue;
                }

                // Read before the row is overwritten, which it is when both are the same memory.
                float correct = probabilities[label],
                    total = aim.Total(row);
                var others = new OthersKernel(
                    probabilities + start,
                    aim.Weights,
                    dlogits + start,
                    scale * total,
                    -scale * aim.Share
                );
                ElementwiseRange.Run<OthersKernel, TLanes, TVec>(others, 0, aim.Classes);
                dlogits[label] = scale * ((correct * total) - (aim.WeightOf(row) * (aim.Kept + aim.Share)));
            }
        }
    }

    private readonly struct OthersKernel(float* p, float* weights, float* dz, float ofP, float ofWeight)
        : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TVec aimed = TLanes.Multiply(TLanes.Load(weights + index), TLanes.Splat(ofWeight));
            TLanes.Store(dz + index, TLanes.FusedMultiplyAdd(TLanes.Load(p + index), TLanes.Splat(ofP), aimed));
        }
    }
}
