using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>destination = factor * source; both may be the same memory.</summary>
internal readonly unsafe struct ScaleKernel(float* source, float* destination, float factor) : IElementwiseKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes, TVec>(nint index)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        TLanes.Store(destination + index, TLanes.Multiply(TLanes.Load(source + index), TLanes.Splat(factor)));
}
