using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Pooling;

namespace Evenkeel.Kernels.Convolution;

/// <summary>What becomes of a finished sum of a depthwise convolution.</summary>
internal unsafe interface IDepthwiseEpilogue
{
    /// <summary>Takes the sums of the channels from <paramref name="channel"/> on.</summary>
    void Write<TLanes, TVec>(float* destination, TVec sum, int channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>The sum itself, in place of what was there or added to it.</summary>
internal readonly unsafe struct DepthwiseSum<TTarget> : IDepthwiseEpilogue
    where TTarget : struct, ITarget
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void IDepthwiseEpilogue.Write<TLanes, TVec>(float* destination, TVec sum, int channel) =>
        TTarget.Write<TLanes, TVec>(destination, sum);
}

/// <summary>g(sum + bias).</summary>
internal readonly unsafe struct DepthwiseBias<TAct>(TAct act, float* bias) : IDepthwiseEpilogue
    where TAct : struct, IActivation
{
    private readonly float* _bias = bias;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void IDepthwiseEpilogue.Write<TLanes, TVec>(float* destination, TVec sum, int channel) =>
        TLanes.Store(destination, act.Forward<TLanes, TVec>(TLanes.Add(sum, TLanes.Load(_bias + channel))));
}
