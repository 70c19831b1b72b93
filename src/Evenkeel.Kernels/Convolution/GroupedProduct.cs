using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// The products of all groups of a convolution by packed weights. A chunk is some groups, each from its first position to its last: a group
/// alone is too little work for several threads.
/// </summary>
internal readonly unsafe struct GroupedProduct<TVec, TLanes, TPlan, TEpilogue> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TPlan : struct, IProductPlan
    where TEpilogue : struct, ITileEpilogue
{
    private readonly PatchGrid _grid;
    private readonly TPlan _plan;
    private readonly int _groups;
    private readonly int _chunks;
    private readonly float* _weights;
    private readonly float* _bias;
    private readonly float* _scratch;
    private readonly TEpilogue _epilogue;

    private GroupedProduct(
        in PatchGrid grid,
        in TPlan plan,
        int groups,
        int chunks,
        float* weights,
        float* bias,
        float* scratch,
        TEpilogue epilogue
    )
    {
        (_grid, _plan, _groups, _chunks) = (grid, plan, groups, chunks);
        _weights = weights;
        _bias = bias;
        _scratch = scratch;
        _epilogue = epilogue;
    }

    /// <summary>Computes all groups.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="operands">The convolution.</param>
    /// <param name="grid">Positions of its first group.</param>
    /// <param name="plan">That of each group, for one thread.</param>
    /// <param name="weights">Packed weights, group after group.</param>
    /// <param name="bias">One for each output channel, or null.</param>
    /// <param name="epilogue">What is done to each output.</param>
    public static void Run(
        WorkerPool pool,
        in ConvolutionOperands operands,
        in PatchGrid grid,
        in TPlan plan,
        float* weights,
        float* bias,
        TEpilogue epilogue
    )
    {
        int groups = operands.Shape.Groups;
        double operations = 2.0 * grid.Positions * grid.Depth * operands.Shape.OutputChannels;
        int chunks = Math.Min(groups, Partition.Count(operations, pool.Active));
        using Scratch lent = pool.Scratch((nuint)chunks * ScratchFloats(plan) * sizeof(float));
        pool.For(
            chunks,
            new GroupedProduct<TVec, TLanes, TPlan, TEpilogue>(
                grid,
                plan,
                groups,
                chunks,
                weights,
                bias,
                (float*)lent.Pointer,
                epilogue
            )
        );
    }

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        TPlan plan = _plan;
        PatchGrid grid = _grid;
        int columns = plan.Weights.Columns;
        int end = Partition.Begin(chunk + 1, _chunks, _groups);
        for (int group = Partition.Begin(chunk, _chunks, _groups); group < end; group++)
        {
            plan.Place(_weights + ((nuint)group * plan.WeightFloats), _scratch + ((nuint)chunk * ScratchFloats(plan)));
            grid.Source = _grid.Source + ((nint)group * grid.Channels);
            grid.Target = _grid.Target + ((nint)group * columns);
            float* bias = _bias == null ? null : _bias + ((nint)group * columns);
            plan.Multiply<TVec, TLanes, TEpilogue>(null, grid, bias, _epilogue);
        }
    }

    // Whole cache lines for each thread.
    private static nuint ScratchFloats(in TPlan plan) => (plan.ScratchFloats + 15) / 16 * 16;
}
