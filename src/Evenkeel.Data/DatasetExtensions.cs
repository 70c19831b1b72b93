using Evenkeel.Data;

namespace Evenkeel;

/// <summary>Views of a data set: parts for validation and probes, without copies.</summary>
public static class DatasetExtensions
{
    /// <summary>Examples <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The run does not lie within the data.</exception>
    public static IDataset Slice(this IDataset dataset, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (first < 0 || count < 0 || first > dataset.Count - count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count),
                count,
                $"{dataset.Name}: examples {first} to {(long)first + count - 1} were asked for, but the data has "
                    + $"{dataset.Count}, numbered from 0."
            );
        }

        int[] indices = [.. Enumerable.Range(first, count)];
        return DatasetSelection.Of(dataset, indices, $"{dataset.Name} [{first}..{first + count})");
    }

    /// <summary>The first <paramref name="count"/> examples.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The data has fewer.</exception>
    public static IDataset Take(this IDataset dataset, int count) => dataset.Slice(0, count);

    /// <summary>Some of the examples, in the order given; one may come more than once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the data.</exception>
    public static IDataset Pick(this IDataset dataset, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return DatasetSelection.Of(dataset, indices, $"{dataset.Name} ({indices.Length} picked)");
    }

    /// <summary>
    /// The examples, each its own target: what an autoencoder learns from. Labels are left out, nothing is copied, and data that is read anew each epoch is
    /// the same on both sides.
    /// </summary>
    public static ITargetDataset AsAutoencoder(this IDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new AutoencoderDataset(dataset);
    }

    /// <summary>
    /// Parts the last <paramref name="count"/> training examples off for validation. The split is by the data's own order.
    /// </summary>
    /// <returns>A split whose <see cref="DatasetSplit.Test"/> is the part for validation.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The data has fewer.</exception>
    public static DatasetSplit HoldOut(this IDataset dataset, int count)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, dataset.Count);
        return new DatasetSplit(dataset.Take(dataset.Count - count), dataset.Slice(dataset.Count - count, count));
    }
}
