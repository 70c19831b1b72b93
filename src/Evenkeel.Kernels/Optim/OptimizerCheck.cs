using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Optim;

/// <summary>Checks of what a caller hands to an optimiser.</summary>
internal static class OptimizerCheck
{
    /// <summary>Requires a state span of the length of the parameters.</summary>
    public static void Length(ReadOnlySpan<float> parameters, ReadOnlySpan<float> span, string name) =>
        SpanCheck.SameLength(parameters.Length, nameof(parameters), span.Length, name);

    /// <summary>Requires a finite number that is not negative: learning rates and weight decays.</summary>
    public static void NotNegative(float value, string name)
    {
        if (!float.IsFinite(value) || value < 0f)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and not negative.");
    }

    /// <summary>Requires a finite positive number: what keeps a denominator from 0.</summary>
    public static void Positive(float value, string name)
    {
        if (!float.IsFinite(value) || value <= 0f)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and positive.");
    }

    /// <summary>Requires 0 &lt;= value &lt; 1: momenta and rates of moving averages.</summary>
    public static void Fraction(float value, string name)
    {
        if (!(value >= 0f && value < 1f))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and below 1.");
    }
}
