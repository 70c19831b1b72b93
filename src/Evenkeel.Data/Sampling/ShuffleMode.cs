namespace Evenkeel.Data.Sampling;

/// <summary>In which order an epoch goes through the examples.</summary>
public enum ShuffleMode
{
    /// <summary>The data's own order, every epoch.</summary>
    None,

    /// <summary>A new permutation of all examples each epoch.</summary>
    Full,

    /// <summary>
    /// The data is cut into shards, taken in order; within each, a new permutation each epoch, so that the same examples do
    /// not always meet in a batch (within-shard shuffling, Ioffe and Szegedy 2015, section 4.2.1).
    /// </summary>
    Shards,
}
