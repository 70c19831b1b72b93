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
    public void Run(int chunk)
    {
        // What was read last is still in the caches: begin there.
        Tile tile = Tile.Of(plan, plan.Chunks - 1 - chunk);
        var pass = new InputGradientPass<TAct, TStore>(act, matrices, plan.Columns, workspace);
        TileSweep.Run(ref pass, plan.Width, tile);

        // Streaming stores are not ordered by the pool's own signals on every machine.
        Interlocked.MemoryBarrier();
    }
}

/// <summary>The input gradient of every row, with the workspace's coefficients.</summary>
internal static unsafe class InputGradientWork
{
    /// <summary>Picks how to write the output from its size and alignment.</summary>
    public static void RunAll<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in GradientMatrices matrices,
        in NormWorkspace workspace
    )
        where TAct : struct, IActivation
    {
        if (plan.StreamsTo(matrices.Dx))
            RunAll<TAct, StreamingStore>(pool, plan, act, matrices, workspace);
        else
            RunAll<TAct, CachedStore>(pool, plan, act, matrices, workspace);
    }

    // All tiles and the rows that folding leaves over.
    private static void RunAll<TAct, TStore>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in GradientMatrices matrices,
        in NormWorkspace workspace
    )
        where TAct : struct, IActivation
        where TStore : struct, IStore
    {
        Coefficients.RepeatGradient(plan, workspace);
        var work = new InputGradientWork<TAct, TStore>(plan, act, matrices, workspace);
        pool.For(plan.Chunks, ref work);
        if (plan.TailRows == 0)
            return;
        var pass = new InputGradientPass<TAct, CachedStore>(act, matrices.Tail(plan), plan.Channels, workspace);
        TileSweep.Run(ref pass, plan.Width, Tile.Tail(plan));
    }
}
