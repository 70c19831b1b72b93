namespace Evenkeel.Training.Schedules;

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
            RequireRate(At(long.MaxValue), "the learning rate after all milestones");
    }
}
