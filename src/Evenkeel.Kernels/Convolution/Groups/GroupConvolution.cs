using System.Numerics;
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
    private const int MostChannels = 8;

    /// <summary>Whether a convolution is computed so.</summary>
    public static bool Fits(in ConvolutionShape shape)
    {
        int channels = shape.GroupInputs;
        return shape.Groups > 1
            && channels == shape.GroupOutputs
            && channels is > 1 and <= MostChannels
            && BitOperations.IsPow2(channels)
            && 2 * channels <= LanesOf(shape)
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
        if (geometry.Batch > 0)
            WidestLanes.RunAtMost(LanesOf(operands.Shape), new StripsAction<TAct>(pool, geometry, sums, strips));
    }

    // Floats of the widest register that the channels fill.
    private static int LanesOf(in ConvolutionShape shape) =>
        Math.Min(WidestLanes.Count, 1 << BitOperations.Log2((uint)shape.InputChannels));

    private readonly struct StripsAction<TAct>(
        WorkerPool pool,
        DepthwiseGeometry geometry,
        GroupSums<TAct> sums,
        DepthwiseOperands operands
    ) : ILanesAction
        where TAct : struct, IActivation
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            DepthwiseStrips<TVec, TLanes, GroupSums<TAct>>.Run(pool, geometry, sums, operands);
    }
}
