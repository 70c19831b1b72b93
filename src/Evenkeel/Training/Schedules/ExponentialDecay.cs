namespace Evenkeel.Training.Schedules;

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
