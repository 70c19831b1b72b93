using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>Packs the weights of one group, [taps x inputs, outputs], into panels.</summary>
internal readonly unsafe struct WeightPacking<TVec, TLanes>(
    ConvolutionShape shape,
    int group,
    float* weights,
    WeightPanels panels
) : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int depth = shape.KernelHeight * shape.KernelWidth * shape.GroupInputs;
        var product = new Product
        {
            Depth = depth,
            Columns = shape.GroupOutputs,
            B = weights + (group * shape.GroupOutputs),
            BStepStride = shape.OutputChannels,
            BColumnStride = 1,
        };
        PanelPacking<TVec, TLanes>.Pack(product, chunk, 0, depth, panels.Panel(chunk));
    }
}
