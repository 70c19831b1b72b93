using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = min(max(x, min), max); the gradient is 0 at both ends and beyond.</summary>
public readonly struct Clip : IActivation
{
    /// <summary>The limits of ReLU6, 0 and 6.</summary>
    public Clip()
        : this(0f, 6f) { }

    /// <summary>Given limits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limits are not in order, or not numbers.</exception>
    public Clip(float min, float max)
    {
        if (!(min <= max))
            throw new ArgumentOutOfRangeException(nameof(min), min, $"The lower limit of Clip must not exceed {max}.");
        Min = min;
        Max = max;
    }

    /// <summary>The lower limit.</summary>
    public float Min { get; }

    /// <summary>The upper limit.</summary>
    public float Max { get; }

    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        // Selection takes a quarter of the instructions of a minimum that NaN passes through: it passes through by itself.
        TVec low = TLanes.Splat(Min),
            high = TLanes.Splat(Max);
        x = TLanes.SelectLarger(low, x);
        return TLanes.SelectGreater(x, high, high, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.SelectGreater(
            inputOrOutput,
            TLanes.Splat(Min),
            TLanes.SelectGreater(TLanes.Splat(Max), inputOrOutput, dy, TLanes.Zero),
            TLanes.Zero
        );
}

/// <summary>g(x) = min(max(slope * x + offset, 0), 1); the gradient is 0 where g is 0 or 1.</summary>
public readonly struct HardSigmoid : IActivation
{
    /// <summary>The slope 0.2 and the offset 0.5.</summary>
    public HardSigmoid()
        : this(0.2f, 0.5f) { }

    /// <summary>A given line between 0 and 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite.</exception>
    public HardSigmoid(float slope, float offset)
    {
        if (!float.IsFinite(slope) || !float.IsFinite(offset))
            throw new ArgumentOutOfRangeException(nameof(slope), slope, "The line of HardSigmoid must be finite.");
        Slope = slope;
        Offset = offset;
    }

    /// <summary>The slope of the line.</summary>
    public float Slope { get; }

    /// <summary>The value at 0.</summary>
    public float Offset { get; }

    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        TVec line = TLanes.FusedMultiplyAdd(x, TLanes.Splat(Slope), TLanes.Splat(Offset));
        return TLanes.Min(TLanes.Max(line, TLanes.Zero), TLanes.Splat(1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.SelectGreater(
            inputOrOutput,
            TLanes.Zero,
            TLanes.SelectGreater(
                TLanes.Splat(1f),
                inputOrOutput,
                TLanes.Multiply(dy, TLanes.Splat(Slope)),
                TLanes.Zero
            ),
            TLanes.Zero
        );
}

/// <summary>
/// g(x) = x * min(max(x + 3, 0), 6) / 6 (Howard et al. 2019, section 5.2). It is not monotonic, so the gradient comes from the input.
/// </summary>
public readonly struct HardSwish : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x)
    {
        // Dividing first keeps the product of large numbers finite. The gate of NaN is 0, and x times it NaN.
        TVec sum = TLanes.Add(x, TLanes.Splat(3f));
        TVec gate = TLanes.Min(TLanes.SelectLarger(sum, TLanes.Zero), TLanes.Splat(6f));
        return TLanes.Multiply(x, TLanes.Divide(gate, TLanes.Splat(6f)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy)
    {
        TVec slope = TLanes.FusedMultiplyAdd(inputOrOutput, TLanes.Splat(1f / 3f), TLanes.Splat(0.5f));
        TVec inner = TLanes.SelectGreater(inputOrOutput, TLanes.Splat(3f), dy, TLanes.Multiply(dy, slope));
        return TLanes.SelectGreater(inputOrOutput, TLanes.Splat(-3f), inner, TLanes.Zero);
    }
}
