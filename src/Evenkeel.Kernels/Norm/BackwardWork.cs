using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// The whole backward pass of a strip of channels in one go: the second reading finds the strip in a cache.
/// </summary>
internal readonly unsafe struct BackwardWork<TAct, TStore>(
    NormPlan plan,
    TAct act,
    GradientMatrices matrices,
    NormStatistics statistics,
    float* dgamma,
    float* dbeta,
    NormWorkspace workspace
) : IChunkWork
    where TAct : struct, IActivation
    where TStore : struct, IStore
{
    public void Run(int chunk)
    {
        Tile tile = Tile.Of(plan, chunk);
        new GradientSumsWork<TAct, SumsOnly>(plan, act, matrices, workspace).Run(tile);
        GradientSums.Merge(plan, workspace, tile.Column, tile.End);
        Coefficients.Backward(statistics, plan.Rows, tile.Column, tile.End, workspace, dgamma, dbeta);
        new InputGradientWork<TAct, TStore>(plan, act, matrices, workspace).Run(tile);
    }
}
