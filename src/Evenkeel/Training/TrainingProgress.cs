namespace Evenkeel;

/// <summary>Where a training is. As text it is a line for people.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Steps in all.</param>
/// <param name="Epoch">The pass over the data, from 0.</param>
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
