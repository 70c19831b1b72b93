using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>Packs the nine taps of each panel of weights and transforms them where they lie.</summary>
internal readonly unsafe struct WinogradWeights<TVec, TLanes, TPacking>(TPacking packing, WinogradPlan plan)
    : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TPacking : struct, IChunkWork
{
    /// <inheritdoc/>
    [MethodImpl(HotMethods.Compilation)]
    public void Run(int chunk)
    {
        packing.Run(chunk);
        float* panel = plan.Weights.Panel(chunk);
        for (nint i = 0; i < plan.WeightPlane; i += TLanes.Count)
            WinogradTransform<TVec, TLanes>.Weights(panel + i, plan.WeightPlane);
    }
}
