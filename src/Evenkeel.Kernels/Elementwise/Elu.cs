using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// g(x) = x for x &gt; 0, alpha (e^x - 1) elsewhere (Clevert, Unterthiner and Hochreiter 2016, equation 15). The gradient
/// for x &lt;= 0 comes from the output, y + alpha, with an absolute error of one rounding of alpha.
/// </summary>
public readonly struct Elu : IActivation
{
    /// <summary>The common alpha of 1.</summary>
    public Elu()
        : this(1f) { }

    /// <summary>A given alpha.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="alpha"/> is negative or not finite: the output would no longer tell the sign of the input.
    /// </exception>
    public Elu(float alpha)
    {
        if (!float.IsFinite(alpha) || alpha < 0f)
            throw new ArgumentOutOfRangeException(
                nameof(alpha),
                alpha,
                "Alpha of Elu must be finite and not negative."
            );
        Alpha = alpha;
    }

    /// <summary>Minus the limit of g at minus infinity.</summary>
    public float Alpha { get; }

    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) =>
        TLanes.SelectGreater(
            x,
            TLanes.Zero,
            x,
            TLanes.Multiply(TLanes.Splat(Alpha), Exponential.MinusOneNonPositive<TLanes, TVec>(x))
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.SelectGreater(
            inputOrOutput,
            TLanes.Zero,
            dy,
            TLanes.Multiply(dy, TLanes.Add(inputOrOutput, TLanes.Splat(Alpha)))
        );
}
