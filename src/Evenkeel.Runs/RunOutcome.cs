namespace Evenkeel.Runs;

/// <summary>How a run ended: at its last step, or where it was told to stop. Its state is saved in both cases.</summary>
/// <param name="Files">Its files: checkpoints, metrics, report.</param>
/// <param name="Steps">Steps done, those before a stop included.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="Result">What came out; null if it was told to stop.</param>
public sealed record RunOutcome(RunFiles Files, long Steps, long TotalSteps, RunResult? Result)
{
    /// <summary>Whether it came to its last step.</summary>
    public bool IsDone => Result is not null;
}
