using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// A nonlinearity as pure arithmetic on registers. Loops (alone, or fused with batch normalisation) are generic over it.
/// </summary>
public interface IActivation
{
    /// <summary>
    /// Whether <see cref="Gradient{TLanes,TVec}"/> uses the output y; otherwise it uses the input, and a backward pass
    /// need not keep (or read) y. Exactly one of the two is passed with meaning.
    /// </summary>
    static abstract bool GradientUsesOutput { get; }

    /// <summary>y = g(x).</summary>
    TVec Forward<TLanes, TVec>(TVec x)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>dy * g'(x), from the output y if <see cref="GradientUsesOutput"/>, else from the input x.</summary>
    TVec Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}
