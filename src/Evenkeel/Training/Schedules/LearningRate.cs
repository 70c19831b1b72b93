namespace Evenkeel;

/// <summary>The learning rate as a function of the step alone, so that a resumed run continues it exactly.</summary>
/// <param name="Kind">Lower-case word used in configurations: <c>constant</c>.</param>
public abstract record LearningRate(string Kind)
{
    /// <summary>Lower-case word used in configurations: <c>constant</c>.</summary>
    public string Kind { get; } = Kind;

    /// <summary>The same rate for ever.</summary>
    /// <param name="rate">Above 0.</param>
    public static implicit operator LearningRate(double rate) => FromDouble(rate);

    /// <summary>The same rate for ever.</summary>
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

/// <summary>The same rate for ever.</summary>
/// <param name="Rate">Above 0.</param>
public sealed record ConstantRate(double Rate) : LearningRate("constant")
{
    /// <inheritdoc/>
    public override double At(long step) => Rate;

    /// <inheritdoc/>
    public override void Validate() => RequireRate(Rate);
}

/// <summary>
/// rate * factor^(step * timesFaster / everySteps), continuously. The paper lowers the rate of its batch-normalised networks
/// "6 times faster" than the baseline's (section 4.2.1): timesFaster = 6.
/// </summary>
/// <param name="Rate">Rate at step 0, above 0.</param>
/// <param name="Factor">In (0, 1].</param>
/// <param name="EverySteps">Steps in which the baseline falls by one factor, 1 or more.</param>
/// <param name="TimesFaster">How much faster than that, above 0.</param>
public sealed record ExponentialDecay(double Rate, double Factor, long EverySteps, double TimesFaster = 1)
    : LearningRate("exponential")
{
    /// <inheritdoc/>
    public override double At(long step) => Rate * Math.Pow(Factor, step * TimesFaster / EverySteps);

    /// <inheritdoc/>
    public override void Validate()
    {
        RequireRate(Rate);
        RequirePositive(Factor, "the decay factor");
        if (Factor > 1)
            throw new ArgumentException($"the decay factor must be at most 1, not {Factor}");
        RequirePositive(EverySteps, "everySteps");
        RequirePositive(TimesFaster, "timesFaster");
    }
}

/// <summary>The rate times one factor for each milestone passed.</summary>
/// <param name="Rate">Rate at step 0, above 0.</param>
/// <param name="Factor">Factor at each milestone, above 0.</param>
/// <param name="Milestones">Steps, ascending.</param>
public sealed record StepDecay(double Rate, double Factor, IReadOnlyList<long> Milestones) : LearningRate("step")
{
    /// <inheritdoc/>
    public override double At(long step)
    {
        int passed = 0;
        while (passed < Milestones.Count && Milestones[passed] <= step)
            passed++;
        return Rate * Math.Pow(Factor, passed);
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        RequireRate(Rate);
        RequirePositive(Factor, "the decay factor");
        for (int i = 1; i < Milestones.Count; i++)
        {
            if (Milestones[i] <= Milestones[i - 1])
                throw new ArgumentException("the milestones must ascend");
        }

        // A factor below 1 may end at 0, as a schedule may.
        if (Factor > 1)
            RequireRate(At(long.MaxValue), "the learning rate behind all milestones");
    }
}

/// <summary>A way from the rate to the final rate over the given steps, then the final rate.</summary>
/// <param name="Kind">See <see cref="LearningRate.Kind"/>.</param>
/// <param name="Rate">Rate at step 0, above 0.</param>
/// <param name="TotalSteps">Steps, 1 or more.</param>
/// <param name="FinalRate">Rate at the end, 0 or more.</param>
public abstract record TimedDecay(string Kind, double Rate, long TotalSteps, double FinalRate) : LearningRate(Kind)
{
    /// <inheritdoc/>
    public override double At(long step) => Along(Math.Min(1, (double)step / TotalSteps));

    /// <inheritdoc/>
    public override void Validate()
    {
        RequireRate(Rate);
        RequirePositive(TotalSteps, "totalSteps");
        if (!(FinalRate >= 0 && float.IsFinite((float)FinalRate)))
            throw new ArgumentException(
                $"the final rate must be 0 to {float.MaxValue:G2}, the range of float32, not {FinalRate}"
            );
    }

    private protected abstract double Along(double done);
}

/// <summary>A straight line from the rate to the final rate over the given steps, then the final rate.</summary>
/// <param name="Rate">Rate at step 0, above 0.</param>
/// <param name="TotalSteps">Steps, 1 or more.</param>
/// <param name="FinalRate">Rate at the end, 0 or more.</param>
public sealed record LinearDecay(double Rate, long TotalSteps, double FinalRate = 0)
    : TimedDecay("linear", Rate, TotalSteps, FinalRate)
{
    private protected override double Along(double done) => Rate + ((FinalRate - Rate) * done);
}

/// <summary>Half a cosine from the rate to the final rate over the given steps, then the final rate.</summary>
/// <param name="Rate">Rate at step 0, above 0.</param>
/// <param name="TotalSteps">Steps, 1 or more.</param>
/// <param name="FinalRate">Rate at the end, 0 or more.</param>
public sealed record CosineDecay(double Rate, long TotalSteps, double FinalRate = 0)
    : TimedDecay("cosine", Rate, TotalSteps, FinalRate)
{
    private protected override double Along(double done) =>
        FinalRate + ((Rate - FinalRate) * 0.5 * (1 + Math.Cos(Math.PI * done)));
}

/// <summary>A straight rise from 0 over the first steps, then another schedule counted from its own beginning.</summary>
/// <param name="Steps">Steps of the rise, 1 or more.</param>
/// <param name="Then">The schedule that follows; the rise ends at its first rate.</param>
public sealed record WarmUp(long Steps, LearningRate Then) : LearningRate("warmup")
{
    /// <inheritdoc/>
    public override double At(long step) => step < Steps ? Then.At(0) * (step + 1) / Steps : Then.At(step - Steps);

    /// <inheritdoc/>
    public override void Validate()
    {
        RequirePositive(Steps, "the warm-up's steps");
        Then.Validate();
    }
}
