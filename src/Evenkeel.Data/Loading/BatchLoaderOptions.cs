using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Loading;

/// <summary>Which batches a loader gives, and how far ahead it reads.</summary>
public sealed record BatchLoaderOptions
{
    /// <summary>The largest number of threads that read one batch.</summary>
    public const int MaxWorkers = 64;

    /// <summary>Examples of a batch, 1 or more.</summary>
    public required int BatchSize { get; init; }

    /// <summary>How examples are shuffled.</summary>
    public ShuffleMode Shuffle { get; init; } = ShuffleMode.Full;

    /// <summary>Which permutations.</summary>
    public ulong Seed { get; init; }

    /// <summary>Shards for <see cref="ShuffleMode.Shards"/>.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>What becomes of the examples that do not fill the last batch of an epoch.</summary>
    public LastBatch LastBatch { get; init; } = LastBatch.Drop;

    /// <summary>
    /// Batches that a background thread reads ahead, 0 to 1024; 0 reads on the caller's thread. The batches are the same.
    /// </summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>
    /// Threads that read the examples of one batch together, 1 to 64: more than 1 where examples are decoded or augmented.
    /// The batches are the same, bit for bit.
    /// </summary>
    public int Workers { get; init; } = 1;

    /// <summary>The part of each batch that is read; order and position are those of whole batches.</summary>
    public BatchShare Share { get; init; } = BatchShare.Whole;

    /// <summary>
    /// Batches from one that is given to the next, 1 or more: above 1 for one of several ranks that share out whole batches.
    /// </summary>
    public int Stride { get; init; } = 1;

    /// <summary>The first batch to give.</summary>
    public LoaderPosition Start { get; init; }
}
