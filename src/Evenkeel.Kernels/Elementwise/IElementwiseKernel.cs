using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// A computation whose element i depends on element i of its operands only. It holds the operands' addresses and loads
/// and stores one register at a time; all loads of a register come before its stores, so operands may be the same memory.
/// </summary>
internal interface IElementwiseKernel
{
    /// <summary>Computes the register of elements that starts at <paramref name="index"/>.</summary>
    void Apply<TLanes, TVec>(nint index)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}
