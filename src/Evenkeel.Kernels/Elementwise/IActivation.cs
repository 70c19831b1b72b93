using System.Runtime.CompilerServices;
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

/// <summary>g(x) = x: batch normalisation with nothing fused behind it.</summary>
public readonly struct Identity : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) => dy;
}

/// <summary>
/// An activation whose gradient is always taken from its output: those that say so themselves, and those whose output has
/// the sign of the input and whose gradient asks for nothing else.
/// </summary>
internal readonly struct FromOutput<TAct>(TAct act) : IActivation
    where TAct : struct, IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    /// <summary>Refuses activations whose gradient the output does not tell.</summary>
    /// <exception cref="ArgumentException">The gradient needs the input.</exception>
    public static FromOutput<TAct> Require(TAct act)
    {
        if (TAct.GradientUsesOutput || typeof(TAct) == typeof(Identity) || typeof(TAct) == typeof(Relu))
            return new FromOutput<TAct>(act);
        if (typeof(TAct) != typeof(LeakyRelu))
            throw new ArgumentException(
                $"The gradient of {typeof(TAct).Name} does not follow from its output; use Identity, Relu, LeakyRelu or Sigmoid.",
                nameof(act)
            );

        float slope = Unsafe.As<TAct, LeakyRelu>(ref act).Slope;
        if (slope < 0)
            throw new ArgumentException(
                $"LeakyRelu of slope {slope} gives one output for two inputs; its gradient needs a slope of at least 0.",
                nameof(act)
            );

        return new FromOutput<TAct>(act);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => act.Forward<TLanes, TVec>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        act.Gradient<TLanes, TVec>(inputOrOutput, dy);
}
