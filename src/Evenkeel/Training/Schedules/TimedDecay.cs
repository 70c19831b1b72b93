namespace Evenkeel.Training.Schedules;

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
