using Evenkeel.Kernels.Convolution.Depthwise;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Groups;

/// <summary>
/// Convolutions whose groups are narrower than a register: as matrix products they would use a part of it. Several groups share one instead.
/// Weights are read as they lie: a register of them belongs to one tap and to one channel of each group.
/// </summary>
internal static unsafe class GroupConvolution
{
    /// <summary>Whether a convolution is computed so.</summary>
    public static bool Fits(in ConvolutionShape shape)
    {
        int channels = shape.GroupInputs;
        return channels is 2 or 4 or 8
            && channels == shape.GroupOutputs
            // A register holds two groups or more.
            && 2 * channels <= Math.Min(WidestLanes.Count, shape.InputChannels)
            && DepthwiseCut.Pays(DepthwiseGeometry.OfGroups(shape, 1));
    }

    /// <summary>y = g(conv + bias).</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="act">The activation g.</param>
    /// <param name="operands">The convolution.</param>
    /// <param name="bias">One for each output channel, or null.</param>
    public static void Run<TAct>(WorkerPool pool, TAct act, in ConvolutionOperands operands, float* bias)
        where TAct : struct, IActivation
    {
        DepthwiseGeometry geometry = DepthwiseGeometry.OfGroups(operands.Shape, operands.Batch);
        var sums = new GroupSums<TAct>(act, bias, geometry.GroupChannels);
        var strips = new DepthwiseOperands(operands.X, operands.Weights, operands.Y, (int)operands.YStride);
        DepthwiseStrips.Run(pool, WidestLanes.Count, geometry, sums, strips);
    }
}
