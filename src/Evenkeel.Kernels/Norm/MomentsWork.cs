using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>The reduction of <see cref="BatchNorm"/>'s forward pass: moments of each tile.</summary>
internal readonly unsafe struct MomentsWork(NormPlan plan, float* x, NormWorkspace workspace) : IChunkWork
{
    /// <summary>Means and biased variances of every channel.</summary>
    public static void RunAll(
        WorkerPool pool,
        in NormPlan plan,
        float* x,
        in NormWorkspace workspace,
        in NormStatistics results
    )
    {
        var work = new MomentsWork(plan, x, workspace);
        pool.For(plan.Chunks, ref work);
        if (plan.TailRows > 0)
            work.Tail();
        MomentsMerge.Run(plan, workspace.First, workspace.Second, results.Mean, results.Variance);
    }

    public void Run(int chunk)
    {
        Tile tile = Tile.Of(plan, chunk);
        nint at = (nint)tile.Chunk * plan.Columns;
        Moments.OfTile(
            x,
            plan.Width,
            tile,
            workspace.BlockReference + at,
            workspace.BlockFirst + at,
            workspace.BlockSecond + at,
            workspace.First + at,
            workspace.Second + at
        );
    }

    private void Tail()
    {
        nint at = (nint)(plan.Partials - 1) * plan.Channels;
        Moments.OfTile(
            x + plan.TailOffset,
            plan.Width,
            Tile.Tail(plan),
            workspace.BlockReference,
            workspace.BlockFirst,
            workspace.BlockSecond,
            workspace.First + at,
            workspace.Second + at
        );
    }
}
