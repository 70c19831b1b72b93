namespace Evenkeel.Cli.Claims.Measuring;

/// <summary>A network to train, once for each seed.</summary>
/// <param name="Name">What is varied, for progress and tables.</param>
/// <param name="Network">The network.</param>
/// <param name="Training">How it is trained; the seed and the steps are set for each trial.</param>
/// <param name="Steps">Training steps.</param>
internal sealed record TrialPlan(string Name, Graph Network, TrainingOptions Training, long Steps)
{
    /// <summary>Looks at the test data in a run, beside that before the first step.</summary>
    public int Looks { get; init; } = 10;
}
