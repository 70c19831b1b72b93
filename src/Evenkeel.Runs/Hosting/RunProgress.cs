using Evenkeel.Runs.Scoring;

namespace Evenkeel.Runs;

/// <summary>Where a run is after a step.</summary>
/// <param name="Step">Steps done, those before a stop included.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="Loss">Mean loss of the step's batch before its update.</param>
/// <param name="Score">That of the newest evaluation; null before the first.</param>
public readonly record struct RunProgress(long Step, long TotalSteps, double Loss, Score? Score);
