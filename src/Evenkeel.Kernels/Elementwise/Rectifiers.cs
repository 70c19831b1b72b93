using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = max(x, 0); g'(0) = 0.</summary>
public readonly struct Relu : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.SelectLarger(TLanes.Zero, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.SelectGreater(inputOrOutput, TLanes.Zero, dy, TLanes.Zero);
}

/// <summary>g(x) = x for x &gt; 0, slope * x elsewhere; g'(0) = slope. Works from the input, so any slope is allowed.</summary>
public readonly struct LeakyRelu : IActivation
{
    /// <summary>The common slope of 0.01.</summary>
    public LeakyRelu()
        : this(0.01f) { }

    /// <summary>A given slope for x &lt;= 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="slope"/> is not finite.</exception>
    public LeakyRelu(float slope)
    {
        if (!float.IsFinite(slope))
            throw new ArgumentOutOfRangeException(nameof(slope), slope, "The slope of LeakyRelu must be finite.");
        Slope = slope;
    }

    /// <summary>The slope for x &lt;= 0.</summary>
    public float Slope { get; }

    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) =>
        TLanes.SelectGreater(x, TLanes.Zero, x, TLanes.Multiply(TLanes.Splat(Slope), x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.SelectGreater(inputOrOutput, TLanes.Zero, dy, TLanes.Multiply(TLanes.Splat(Slope), dy));
}

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

/// <summary>g(x) = |x|; the gradient at 0 is 0.</summary>
public readonly struct AbsoluteValue : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec left = TLanes.SelectGreater(TLanes.Zero, inputOrOutput, TLanes.Subtract(TLanes.Zero, dy), TLanes.Zero);
        return TLanes.SelectGreater(inputOrOutput, TLanes.Zero, dy, left);
    }
}
