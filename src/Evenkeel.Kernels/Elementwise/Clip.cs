using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = min(max(x, least), most); the gradient is 0 at both ends and beyond.</summary>
public readonly struct Clip : IActivation
{
    /// <summary>The limits of ReLU6, 0 and 6.</summary>
    public Clip()
        : this(0f, 6f) { }

    /// <summary>Given limits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limits are not in order, or not numbers.</exception>
    public Clip(float least, float most)
    {
        if (!(least <= most))
            throw new ArgumentOutOfRangeException(
                nameof(least),
                least,
                $"The lower limit of Clip must not exceed {most}."
            );
        Least = least;
        Most = most;
    }

    /// <summary>The lower limit.</summary>
    public float Least { get; }

    /// <summary>The upper limit.</summary>
    public float Most { get; }

    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) =>
        TLanes.Min(TLanes.Max(x, TLanes.Splat(Least)), TLanes.Splat(Most));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.SelectGreater(
            inputOrOutput,
            TLanes.Splat(Least),
            TLanes.SelectGreater(TLanes.Splat(Most), inputOrOutput, dy, TLanes.Zero),
            TLanes.Zero
        );
}
