using Evenkeel.Training.Schedules;

namespace Evenkeel;

/// <summary>
/// The learning rate as a function of the step, so a resumed run continues it exactly. Derive from it for your own schedule; a
/// configuration cannot contain that, because it is code.
/// </summary>
/// <param name="Kind">The lower-case word for it in configurations: <c>constant</c>.</param>
public abstract record LearningRate(string Kind)
{
    /// <summary>The lower-case word for it in configurations: <c>constant</c>.</summary>
    public string Kind { get; } = Kind;

    /// <summary>A constant rate.</summary>
    /// <param name="rate">Above 0.</param>
    public static implicit operator LearningRate(double rate) => FromDouble(rate);

    /// <summary>A constant rate.</summary>
    /// <param name="rate">Above 0.</param>
    public static LearningRate FromDouble(double rate) => new ConstantRate(rate);

    /// <summary>The rate of step <paramref name="step"/>, counted from 0.</summary>
    public abstract double At(long step);

    /// <summary>Throws if a constant is outside its range.</summary>
    /// <exception cref="ArgumentException">Names the constant and its range.</exception>
    public abstract void Validate();

    // A rate is used as float32, in which it must be a number above 0 too.
    private protected static void RequireRate(double rate, string name = "the learning rate")
    {
        if (!((float)rate > 0 && float.IsFinite((float)rate)))
            throw new ArgumentException(
                $"{name} must be {float.Epsilon:G2} to {float.MaxValue:G2}, the range of float32, not {rate}"
            );
    }

    private protected static void RequirePositive(double value, string name)
    {
        if (!(value > 0) || !double.IsFinite(value))
            throw new ArgumentException($"{name} must be finite and above 0, not {value}");
    }
}
