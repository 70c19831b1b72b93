using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>The reduction of a backward pass: sums of gradients of each tile, and what the sink makes of them.</summary>
internal readonly unsafe struct GradientSumsWork<TAct, TSink>(
    NormPlan plan,
    TAct act,
    GradientMatrices matrices,
    NormWorkspace workspace
) : IChunkWork
    where TAct : struct, IActivation
    where TSink : struct, IGradientSink
{
    /// <summary>Leaves the sums of every channel in the first partial result.</summary>
    public static void RunAll(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in GradientMatrices matrices,
        in NormWorkspace workspace
    )
    {
        Coefficients.Repeat(plan, workspace);
        var work = new GradientSumsWork<TAct, TSink>(plan, act, matrices, workspace);
        pool.For(plan.Chunks, ref work);
        if (plan.TailRows > 0)
            work.Tail();
        GradientSums.Merge(plan, workspace);
    }

    public void Run(int chunk)
    {
        Tile tile = Tile.Of(plan, chunk);
        nint partial = (nint)tile.Chunk * plan.Columns;
        GradientSums.OfTile<TAct, TSink>(act, matrices, plan.Width, tile, workspace, partial);
    }

    private void Tail()
    {
        nint partial = (nint)(plan.Partials - 1) * plan.Channels;
        GradientSums.OfTile<TAct, TSink>(act, matrices.Tail(plan), plan.Width, Tile.Tail(plan), workspace, partial);
    }
}
