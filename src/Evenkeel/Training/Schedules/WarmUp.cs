namespace Evenkeel.Training.Schedules;

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
