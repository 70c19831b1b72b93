namespace Evenkeel;

/// <summary>Progress of a training; <c>ToString</c> gives one line.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Total number of steps.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Loss">Mean loss since the last report.</param>
/// <param name="ExamplesPerSecond">Speed since the last report.</param>
public sealed record TrainingProgress(long Step, long TotalSteps, int Epoch, double Loss, double ExamplesPerSecond)
{
    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant(
            $"step {Step:N0} of {TotalSteps:N0}, epoch {Epoch + 1}: loss {Loss:F4}, {ExamplesPerSecond:N0} examples/s"
        );
}
