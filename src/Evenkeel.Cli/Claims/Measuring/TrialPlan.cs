using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Cli.Claims.Measuring;

/// <summary>A network to train, once for each seed.</summary>
/// <param name="Name">What is varied, for progress and tables.</param>
/// <param name="Network">The network.</param>
/// <param name="Training">How it is trained; the seed and the steps are set for each trial.</param>
/// <param name="Steps">Training steps.</param>
internal sealed record TrialPlan(string Name, Graph Network, TrainingOptions Training, long Steps)
{
    /// <summary>Looks at the test data in a run, beside that before the first step; one, at the end, unless a curve is wanted.</summary>
    public int Looks { get; init; } = 1;

    /// <summary>Batches of 60 examples, as in section 4.1 of the paper, and one learning rate.</summary>
    public static TrainingOptions AtRate(double rate) =>
        new() { BatchSize = 60, LearningRate = new ConstantRate(rate) };

    /// <summary>The batch-normalised network of section 4.1 of the paper.</summary>
    public static TrialPlan NormalizedSigmoids(long steps) =>
        new(
            "with BN",
            ClaimNetworks.Dense(3, new Sigmoid(), ClaimNetworks.BatchNorm, new NormalInitializer(0.1)),
            AtRate(0.5),
            steps
        );
}
