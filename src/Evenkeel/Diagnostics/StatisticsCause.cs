namespace Evenkeel.Diagnostics;

/// <summary>Why a model does worse in use than it could, as far as batch normalisation has to do with it.</summary>
public enum StatisticsCause
{
    /// <summary>Nothing is lost: no other statistics do better.</summary>
    None,

    /// <summary>Too few examples, data that is all the same, or nothing to compare with.</summary>
    CannotTell,

    /// <summary>NaN or infinity among the weights, which no statistics repair.</summary>
    NotFiniteWeights,

    /// <summary>NaN, infinity, negative or absurdly large statistics: one bad batch spoils a running average for ever.</summary>
    Poisoned,

    /// <summary>Means and variances are both times one factor in all layers: Caffe's scale factor.</summary>
    ScaleFactor,

    /// <summary>Written by a system with another convention: deviations for variances, or all variances times one factor.</summary>
    Convention,

    /// <summary>The running average has not got away from the 0 and 1 that it began with.</summary>
    TooFewUpdates,

    /// <summary>An update rate near 1: the running average is the last batch or two.</summary>
    UpdateRate,

    /// <summary>Trained with another epsilon than the model has now.</summary>
    Epsilon,

    /// <summary>The data is of another kind than that of the training.</summary>
    DomainShift,

    /// <summary>The running average saw few classes last: the training data was sorted by class.</summary>
    SortedData,

    /// <summary>Averaged over batches of a few examples.</summary>
    TinyBatches,

    /// <summary>
    /// Other statistics do better, and no error that is known by its form: an average that was behind when training ended, weights averaged
    /// or changed since, batches that were few or small.
    /// </summary>
    Stale,
}
