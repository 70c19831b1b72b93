using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Norm;

/// <summary>What is added between a normalisation and its activation.</summary>
internal interface IAddend
{
    /// <summary><paramref name="value"/> plus the addends of the elements from <paramref name="at"/> on.</summary>
    TVec Plus<TLanes, TVec>(TVec value, nint at)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Nothing.</summary>
internal readonly struct NoAddend : IAddend
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IAddend.Plus<TLanes, TVec>(TVec value, nint at) => value;
}

/// <summary>A matrix of the input's shape, as where a shortcut joins its branch.</summary>
internal readonly unsafe struct ResidualAddend(float* residual) : IAddend
{
    private readonly float* _residual = residual;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IAddend.Plus<TLanes, TVec>(TVec value, nint at) => TLanes.Add(value, TLanes.Load(_residual + at));
}
