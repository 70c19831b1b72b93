using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Pooling;

/// <summary>What is made of each value that pooling reads.</summary>
internal interface IPoolingInput
{
    /// <summary>What a register of channels needs.</summary>
    Affine<TLanes, TVec> MapOf<TLanes, TVec>(nint channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>The values that are pooled.</summary>
    TVec Apply<TLanes, TVec>(in Affine<TLanes, TVec> map, TVec value)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Values as they lie.</summary>
internal readonly struct PlainInput : IPoolingInput
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Affine<TLanes, TVec> IPoolingInput.MapOf<TLanes, TVec>(nint channel) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IPoolingInput.Apply<TLanes, TVec>(in Affine<TLanes, TVec> map, TVec value) => value;
}

/// <summary>Values that are normalised on the way in.</summary>
internal readonly unsafe struct NormalizingInput<TAct>(TAct act, float* center, float* scale, float* shift)
    : IPoolingInput
    where TAct : struct, IActivation
{
    private readonly float* _center = center;
    private readonly float* _scale = scale;
    private readonly float* _shift = shift;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Affine<TLanes, TVec> IPoolingInput.MapOf<TLanes, TVec>(nint channel) =>
        Affine<TLanes, TVec>.Load(_center, _scale, _shift, channel);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IPoolingInput.Apply<TLanes, TVec>(in Affine<TLanes, TVec> map, TVec value) =>
        act.Forward<TLanes, TVec>(map.Apply(value));
}
