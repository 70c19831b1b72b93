using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution;

/// <summary>What becomes of a finished sum of a depthwise convolution.</summary>
internal interface IDepthwiseEpilogue
{
    /// <summary>The output of the channels from <paramref name="channel"/> on.</summary>
    TVec Finish<TLanes, TVec>(TVec sum, int channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>The sum itself.</summary>
internal readonly struct DepthwiseSum : IDepthwiseEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IDepthwiseEpilogue.Finish<TLanes, TVec>(TVec sum, int channel) => sum;
}

/// <summary>g(sum + bias).</summary>
internal readonly unsafe struct DepthwiseBias<TAct>(TAct act, float* bias) : IDepthwiseEpilogue
    where TAct : struct, IActivation
{
    private readonly float* _bias = bias;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IDepthwiseEpilogue.Finish<TLanes, TVec>(TVec sum, int channel) =>
        act.Forward<TLanes, TVec>(TLanes.Add(sum, TLanes.Load(_bias + channel)));
}
