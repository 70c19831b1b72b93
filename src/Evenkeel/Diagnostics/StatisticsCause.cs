namespace Evenkeel.Diagnostics;

/// <summary>Why a model's stored statistics do not fit its data.</summary>
public enum StatisticsCause
{
    /// <summary>They fit.</summary>
    None,

    /// <summary>NaN, infinity, negative or absurdly large values: one bad batch spoils a running average for ever.</summary>
    Poisoned,

    /// <summary>The running average has not got away from the 0 and 1 that it began with.</summary>
    TooFewUpdates,

    /// <summary>Written by a system with another convention: deviations for variances, variances over m for m - 1.</summary>
    Convention,

    /// <summary>An update rate near 1: the running average is the last batch or two.</summary>
    UpdateRate,

    /// <summary>Averaged over batches so small that their statistics are those of other values than in use.</summary>
    TinyBatches,

    /// <summary>The data is of another kind than that of the training.</summary>
    DomainShift,

    /// <summary>Trained with another epsilon than the model has now.</summary>
    Epsilon,
}
