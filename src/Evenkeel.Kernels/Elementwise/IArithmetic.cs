using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>An operation on two numbers, as pure arithmetic on registers.</summary>
public interface IArithmetic
{
    /// <summary>a op b.</summary>
    TVec Forward<TLanes, TVec>(TVec a, TVec b)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>dy * d(a op b)/da.</summary>
    TVec GradientA<TLanes, TVec>(TVec a, TVec b, TVec dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>dy * d(a op b)/db.</summary>
    TVec GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}
