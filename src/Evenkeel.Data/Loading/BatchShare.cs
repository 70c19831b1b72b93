namespace Evenkeel.Data.Loading;

/// <summary>
/// A consecutive part of every batch: what one of several ranks reads. Parts of a batch differ by one example at most, and are empty where it
/// has fewer examples than parts.
/// </summary>
public sealed record BatchShare
{
    /// <summary>One of the parts.</summary>
    /// <param name="index">Which part, 0 to <paramref name="parts"/> - 1.</param>
    /// <param name="parts">How many parts there are, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such part.</exception>
    public BatchShare(int index, int parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, parts);
        (Index, Parts) = (index, parts);
    }

    /// <summary>The whole batch.</summary>
    public static BatchShare Whole { get; } = new(0, 1);

    /// <summary>Which part, from 0.</summary>
    public int Index { get; }

    /// <summary>How many parts there are.</summary>
    public int Parts { get; }

    /// <summary>Where the part starts in a batch of so many examples, and how many it has.</summary>
    public (int First, int Count) Of(int batch) => Of(batch, Index, Parts);

    /// <summary>The same of any part.</summary>
    /// <param name="batch">Examples of the batch.</param>
    /// <param name="index">Which part, 0 to <paramref name="parts"/> - 1.</param>
    /// <param name="parts">How many parts there are, 1 or more.</param>
    public static (int First, int Count) Of(int batch, long index, long parts)
    {
        int first = (int)(batch * index / parts),
            end = (int)(batch * (index + 1) / parts);
        return (first, end - first);
    }

    /// <summary>The most examples that the part has of a batch of so many, or fewer.</summary>
    public int Most(int batch) => (int)(((long)batch + Parts - 1) / Parts);
}
