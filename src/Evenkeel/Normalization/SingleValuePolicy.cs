namespace Evenkeel.Normalization;

/// <summary>What training does with a batch that holds one value per channel, whose variance is not defined.</summary>
public enum SingleValuePolicy
{
    /// <summary>An error that names the layer, the shape and the remedies.</summary>
    Error,

    /// <summary>Normalise that batch with the running statistics and leave them alone.</summary>
    UseRunningStatistics,

    /// <summary>Apply the formula as it stands (the output is beta) but leave the running statistics alone.</summary>
    SkipUpdate,
}
