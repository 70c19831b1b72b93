using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>Packs and transforms the weights of a plan.</summary>
internal readonly struct WinogradPacking<TVec, TLanes, TPacking>(WorkerPool pool, TPacking packing, WinogradPlan plan)
    : IWinogradAction<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TPacking : struct, IChunkWork
{
    /// <inheritdoc/>
    public void Run<TFilter>()
        where TFilter : struct, IWinogradFilter<TVec> =>
        pool.For(plan.Panels, new WinogradWeights<TVec, TLanes, TFilter, TPacking>(packing, plan));
}

/// <summary>Packs the taps of each panel of weights and transforms them where they lie.</summary>
internal readonly unsafe struct WinogradWeights<TVec, TLanes, TFilter, TPacking>(TPacking packing, WinogradPlan plan)
    : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TFilter : struct, IWinogradFilter<TVec>
    where TPacking : struct, IChunkWork
{
    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    public void Run(int chunk)
    {
        packing.Run(chunk);
        float* panel = plan.Weights.Panel(chunk);
        for (nint i = 0; i < plan.WeightPlane; i += TLanes.Count)
            TFilter.Weights(panel + i, plan.WeightPlane);
    }
}
