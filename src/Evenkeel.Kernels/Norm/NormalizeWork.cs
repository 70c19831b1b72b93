using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>y = g(affine(x) + addend) for every tile, with the workspace's coefficients.</summary>
internal readonly unsafe struct NormalizeWork<TAct, TAddend, TStore>(
    NormPlan plan,
    TAct act,
    TAddend addend,
    float* x,
    float* y,
    NormWorkspace workspace
) : IChunkWork
    where TAct : struct, IActivation
    where TAddend : struct, IAddend
    where TStore : struct, IStore
{
    public void Run(int chunk)
    {
        // What was read last is still in the caches: begin there.
        Tile tile = Tile.Of(plan, plan.Chunks - 1 - chunk);
        var pass = new NormalizePass<TAct, TAddend, TStore>(
            act,
            addend,
            x,
            y,
            plan.Columns,
            plan.OutputStride,
            workspace
        );
        TileSweep.Run(ref pass, plan.Width, tile);

        // Streaming stores are not ordered by the pool's own signals on every machine.
        Interlocked.MemoryBarrier();
    }

    /// <summary>All tiles and the rows that folding leaves over; those are rows of a dense matrix.</summary>
    public void RunAll(WorkerPool pool)
    {
        Coefficients.Repeat(plan, workspace);
        NormalizeWork<TAct, TAddend, TStore> work = this;
        pool.For(plan.Chunks, ref work);
        if (plan.TailRows == 0)
            return;
        int first = plan.FoldedRows * plan.Fold;
        var pass = new NormalizePass<TAct, TAddend, CachedStore>(
            act,
            addend,
            x,
            y,
            plan.Channels,
            plan.Channels,
            workspace
        );
        TileSweep.Run(ref pass, plan.Width, new Tile(0, first, plan.TailRows, plan.Channels));
    }
}

/// <summary>y = g(affine(x) + addend) for every row, with the workspace's coefficients.</summary>
internal static unsafe class NormalizeWork
{
    /// <summary>y = g(affine(x)).</summary>
    public static void RunAll<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        float* x,
        float* y,
        in NormWorkspace workspace
    )
        where TAct : struct, IActivation => RunAll(pool, plan, act, default(NoAddend), x, y, workspace);

    /// <summary>Picks how to write the output from its size and alignment.</summary>
    public static void RunAll<TAct, TAddend>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        TAddend addend,
        float* x,
        float* y,
        in NormWorkspace workspace
    )
        where TAct : struct, IActivation
        where TAddend : struct, IAddend
    {
        if (plan.OutputStride == plan.Columns && plan.StreamsTo(y))
            new NormalizeWork<TAct, TAddend, StreamingStore>(plan, act, addend, x, y, workspace).RunAll(pool);
        else
            new NormalizeWork<TAct, TAddend, CachedStore>(plan, act, addend, x, y, workspace).RunAll(pool);
    }
}
