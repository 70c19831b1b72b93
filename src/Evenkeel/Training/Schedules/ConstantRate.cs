namespace Evenkeel.Training.Schedules;

/// <summary>A constant rate.</summary>
/// <param name="Rate">Above 0.</param>
public sealed record ConstantRate(double Rate) : LearningRate("constant")
{
    /// <inheritdoc/>
    public override double At(long step) => Rate;

    /// <inheritdoc/>
    public override void Validate() => RequireRate(Rate);
}
