using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// The whole forward pass of a strip of channels in one go: the second reading finds the strip in a cache.
/// </summary>
internal readonly unsafe struct ForwardWork<TAct, TStore>(
    NormPlan plan,
    TAct act,
    float* x,
    float* y,
    float* gamma,
    float* beta,
    NormStatistics statistics,
    NormWorkspace workspace
) : IChunkWork
    where TAct : struct, IActivation
    where TStore : struct, IStore
{
    public void Run(int chunk)
    {
        Tile tile = Tile.Of(plan, chunk);
        new MomentsWork(plan, x, workspace).Run(tile);
        int from = tile.Column;
        int to = tile.End;
        MomentsMerge.Run(plan, workspace.First, workspace.Second, from, to, statistics.Mean, statistics.Variance);
        Coefficients.Forward(statistics, gamma, beta, from, to, workspace);
        new NormalizeWork<TAct, TStore>(plan, act, x, y, workspace).Run(tile);
    }
}
