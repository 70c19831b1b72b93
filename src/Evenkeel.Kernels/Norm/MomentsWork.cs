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
        pool.For(plan.Tiles, ref work);
        if (plan.TailRows > 0)
            work.Tail();
        MomentsMerge.Run(plan, workspace.First, workspace.Second, 0, plan.Channels, results.Mean, results.Variance);
    }

    public void Run(int chunk) => Run(Tile.Of(plan, chunk));

    /// <summary>Moments of one tile, into the partial results of its chunk.</summary>
    public void Run(in Tile tile)
    {
        nint at = (nint)tile.Chunk * plan.Columns;
        Moments.OfTile(
            x,
            plan.Columns,
            plan.Width,
            tile,
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
            plan.Channels,
            plan.Width,
            Tile.Tail(plan),
            workspace.BlockFirst,
            workspace.BlockSecond,
            workspace.First + at,
            workspace.Second + at
        );
    }
}
