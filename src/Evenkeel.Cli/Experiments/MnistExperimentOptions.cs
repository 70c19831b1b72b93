using Evenkeel.Graphs;

namespace Evenkeel.Cli.Experiments;

/// <summary>The experiment of section 4.1: two sigmoid networks, one of them batch-normalised, everything else equal.</summary>
/// <param name="Steps">Steps of each network.</param>
/// <param name="LearningRate">Rate of both networks.</param>
/// <param name="Seed">Seed of weights and order.</param>
/// <param name="Threads">Threads in all; with two or more the networks train at the same time.</param>
/// <param name="EvaluateEvery">Steps between two looks at the test set and at the probe.</param>
internal sealed record MnistExperimentOptions(
    long Steps,
    double LearningRate,
    ulong Seed,
    int Threads,
    long EvaluateEvery
)
{
    /// <summary>How activations are stored for the backward pass.</summary>
    public ElementType KeepActivations { get; init; }

    /// <summary>Standard deviation of the initial weights: the paper's "small random Gaussian values".</summary>
    public const double WeightDeviation = 0.1;

    /// <summary>Examples per batch in the paper.</summary>
    public const int BatchSize = 60;

    /// <summary>Test examples whose activations are followed.</summary>
    public const int ProbeSize = 1_000;

    /// <summary>The percentiles of Figure 1(b, c).</summary>
    public static readonly double[] Percentiles = [15, 50, 85];

    /// <summary>About 200 points along a curve, but not so close together that evaluating outweighs training.</summary>
    public static long DefaultInterval(long steps) => Math.Max(50, steps / 200);
}
