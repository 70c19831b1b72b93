using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>The input gradient of every tile, with the workspace's coefficients.</summary>
internal readonly unsafe struct InputGradientWork<TAct, TStore>(
    NormPlan plan,
    TAct act,
    GradientMatrices matrices,
    NormWorkspace workspace
) : IChunkWork
    where TAct : struct, IActivation
    where TStore : struct, IStore
{
    /// <summary>All tiles and the rows that folding leaves over.</summary>
    public static void RunAll(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in GradientMatrices matrices,
        in NormWorkspace workspace
    )
    {
        Coefficients.RepeatGradient(plan, workspace);
        var work = new InputGradientWork<TAct, TStore>(plan, act, matrices, workspace);
        pool.For(plan.Tiles, ref work);
        if (plan.TailRows == 0)
            return;
        var pass = new InputGradientPass<TAct, CachedStore>(
            act,
            matrices.From(plan.TailOffset),
            plan.Channels,
            workspace
        );
        TileSweep.Run(ref pass, plan.Width, Tile.Tail(plan));
    }

    public void Run(int chunk)
    {
        // What was read last is still in the caches: begin there.
        Run(Tile.Of(plan, plan.Tiles - 1 - chunk));
    }

    /// <summary>One tile.</summary>
    public void Run(in Tile tile)
    {
        var pass = new InputGradientPass<TAct, TStore>(act, matrices, plan.Columns, workspace);
        TileSweep.Run(ref pass, plan.Width, tile);

        // Streaming stores are not ordered by the pool's own signals on every machine.
        Interlocked.MemoryBarrier();
    }
}
