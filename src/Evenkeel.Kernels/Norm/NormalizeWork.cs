using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>y = g(affine(x)) for every tile, with the workspace's coefficients.</summary>
internal readonly unsafe struct NormalizeWork<TAct, TStore>(
    NormPlan plan,
    TAct act,
    float* x,
    float* y,
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
        float* x,
        float* y,
        in NormWorkspace workspace
    )
    {
        Coefficients.Repeat(plan, workspace);
        var work = new NormalizeWork<TAct, TStore>(plan, act, x, y, workspace);
        pool.For(plan.Tiles, ref work);
        if (plan.TailRows == 0)
            return;
        var pass = new NormalizePass<TAct, CachedStore>(
            act,
            x + plan.TailOffset,
            y + plan.TailOffset,
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
        var pass = new NormalizePass<TAct, TStore>(act, x, y, plan.Columns, workspace);
        TileSweep.Run(ref pass, plan.Width, tile);

        // Streaming stores are not ordered by the pool's own signals on every machine.
        Interlocked.MemoryBarrier();
    }
}
