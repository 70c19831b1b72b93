using Evenkeel.Normalization;

namespace Evenkeel.Training;

/// <summary>What a batch normalisation is fed while its statistics are measured.</summary>
public enum RecalibrationOrder
{
    /// <summary>
    /// Each layer is fed what the layers before it give with their new statistics, as it will be in use. The answer does not depend on how
    /// the data is split into batches. One pass over the data for each layer of the longest chain.
    /// </summary>
    LayerByLayer,

    /// <summary>One pass: each layer is fed what batch statistics make of the layers before it, as in training (Algorithm 2).</summary>
    OnePass,
}

/// <summary>How statistics are measured anew.</summary>
public sealed record RecalibrationOptions
{
    /// <summary>What each layer is fed meanwhile.</summary>
    public RecalibrationOrder Order { get; init; }

    /// <summary>Pooled (exact), or the paper's average of batches.</summary>
    public PopulationEstimator Estimator { get; init; } = PopulationEstimator.Pooled;

    /// <summary>Examples per batch.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Batches to use at most of the shuffled data; null for all.</summary>
    public int? MaxBatches { get; init; }

    /// <summary>
    /// Share of the old statistics in the new, in [0, 1): 0 replaces them (AdaBN, Li et al. 2016); above 0 the mixture of both populations,
    /// for few examples of the new domain.
    /// </summary>
    public double PriorWeight
    {
        get;
        init =>
            field = value is >= 0 and < 1
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value, "The prior weight must be in [0, 1).");
    }

    /// <summary>Seed of the order of examples.</summary>
    public ulong Seed { get; init; } = 1;
}
