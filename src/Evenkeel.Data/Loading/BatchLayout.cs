namespace Evenkeel.Data.Loading;

/// <summary>How an epoch of examples is cut into batches.</summary>
public sealed class BatchLayout
{
    /// <summary>Cuts an epoch.</summary>
    /// <param name="examples">Examples of an epoch, 1 or more.</param>
    /// <param name="batchSize">Examples of a batch, 1 or more.</param>
    /// <param name="lastBatch">What becomes of the remainder.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the rule is unknown.</exception>
    /// <exception cref="ArgumentException">No batch would be left: fewer examples than one batch, and they are dropped.</exception>
    public BatchLayout(int examples, int batchSize, LastBatch lastBatch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        int full = examples / batchSize;
        int rest = examples % batchSize;
        BatchSize = batchSize;
        (BatchesPerEpoch, MaxBatch) = lastBatch switch
        {
            LastBatch.Drop => (full, batchSize),
            LastBatch.Keep => (full + (rest > 0 ? 1 : 0), full > 0 ? batchSize : rest),
            LastBatch.Merge => full > 0 ? (full, batchSize + rest) : (1, rest),
            _ => throw new ArgumentOutOfRangeException(nameof(lastBatch), lastBatch, "The rule is unknown."),
        };
        if (BatchesPerEpoch == 0)
        {
            throw new ArgumentException(
                $"{examples} examples do not fill one batch of {batchSize}, and the remainder is dropped; use a smaller "
                    + "batch, or keep the remainder.",
                nameof(batchSize)
            );
        }

        ExamplesPerEpoch = lastBatch == LastBatch.Drop ? full * batchSize : examples;
    }

    /// <summary>The usual size of a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Batches of one epoch.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>The largest batch, for which a network must be planned; above <see cref="BatchSize"/> only when merging.</summary>
    public int MaxBatch { get; }

    /// <summary>Examples that one epoch's batches hold together.</summary>
    public int ExamplesPerEpoch { get; }

    /// <summary>Where a batch starts in the epoch's order, and how many examples it has.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The batch is not 0 to <see cref="BatchesPerEpoch"/> - 1.</exception>
    public (int First, int Count) Batch(int batch)
    {
        if ((uint)batch >= (uint)BatchesPerEpoch)
            throw new ArgumentOutOfRangeException(nameof(batch), batch, $"An epoch has {BatchesPerEpoch} batches.");
        int first = batch * BatchSize;
        bool last = batch == BatchesPerEpoch - 1;
        return (first, last ? ExamplesPerEpoch - first : BatchSize);
    }
}
