using Evenkeel.Layers;

namespace Evenkeel.Diagnostics;

/// <summary>Where an activation is flat, so that little or no gradient goes back through it.</summary>
internal static class Saturation
{
    /// <summary>How near a bound a value of a smooth activation counts as saturated.</summary>
    private const float Margin = 0.05f;

    /// <summary>
    /// The bounds that saturated values lie on or outside of: within 0.05 of 0 or 1 for a sigmoid and of -1 or 1 for a hyperbolic tangent; 0 for a
    /// rectifier, the limits for those with limits. Null for an activation that is flat nowhere.
    /// </summary>
    public static (float Low, float High)? Bounds(Activation activation) =>
        activation switch
        {
            Sigmoid => (Margin, 1 - Margin),
            Tanh => (-1 + Margin, 1 - Margin),
            HardSigmoid => (0, 1),
            Relu => (0, float.PositiveInfinity),
            Clip clip => (clip.Min, clip.Max),
            _ => null,
        };

    /// <summary>The part of values that lie on or outside of bounds; 0 of none.</summary>
    public static double Fraction(ReadOnlySpan<float> values, (float Low, float High) bounds)
    {
        int saturated = 0;
        foreach (float value in values)
        {
            if (value <= bounds.Low || value >= bounds.High)
                saturated++;
        }

        return values.IsEmpty ? 0 : (double)saturated / values.Length;
    }
}
