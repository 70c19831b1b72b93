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
    public void Run(int chunk)
    {
        // What was read last is still in the caches: begin there.
        Tile tile = Tile.Of(plan, plan.Chunks - 1 - chunk);
        var pass = new NormalizePass<TAct, TStore>(act, x, y, plan.Columns, workspace);
        TileSweep.Run(ref pass, plan.Width, tile);

        // Streaming stores are not ordered by the pool's own signals on every machine.
        Interlocked.MemoryBarrier();
    }
}

/// <summary>y = g(affine(x)) for every row, with the workspace's coefficients.</summary>
internal static unsafe class NormalizeWork
{
    /// <summary>Picks how to write the output from its size and alignment.</summary>
    public static void RunAll<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        float* x,
        float* y,
        in NormWorkspace workspace
    )
        where TAct : struct, IActivation
    {
        if (plan.StreamsTo(y))
            RunAll<TAct, StreamingStore>(pool, plan, act, x, y, workspace);
        else
            RunAll<TAct, CachedStore>(pool, plan, act, x, y, workspace);
    }

    // All tiles and the rows that folding leaves over.
    private static void RunAll<TAct, TStore>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        float* x,
        float* y,
        in NormWorkspace workspace
    )
        where TAct : struct, IActivation
        where TStore : struct, IStore
    {
        Coefficients.Repeat(plan, workspace);
        var work = new NormalizeWork<TAct, TStore>(plan, act, x, y, workspace);
        pool.For(plan.Chunks, ref work);
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
}
