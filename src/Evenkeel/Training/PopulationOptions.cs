using Evenkeel.Normalization;

namespace Evenkeel.Training;

/// <summary>How to measure population statistics.</summary>
/// <param name="Estimator">The estimator.</param>
/// <param name="BatchSize">Examples per batch; the paper uses training batches.</param>
/// <param name="MaxBatches">Batches to use at most, from the start of the shuffled data; null: all.</param>
/// <param name="Seed">Seed of the order of examples.</param>
public sealed record PopulationOptions(
    PopulationEstimator Estimator = PopulationEstimator.Pooled,
    int BatchSize = 60,
    int? MaxBatches = null,
    ulong Seed = 1
);
