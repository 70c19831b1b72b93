using Evenkeel.Data;

namespace Evenkeel;

/// <summary>Parts of a data set, without copies: for validation, for probes.</summary>
public static class DatasetExtensions
{
    /// <summary>Examples <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The data has fewer examples.</exception>
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

    /// <summary>The examples of the given indices, in that order; an index may repeat.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the data.</exception>
    public static IDataset Pick(this IDataset dataset, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return DatasetSelection.Of(dataset, indices, $"{dataset.Name} ({indices.Length} picked)");
    }

    /// <summary>
    /// Data for an autoencoder: each example is its own target. Labels are dropped and nothing is copied. With augmentation, input and
    /// target are the same augmented example.
    /// </summary>
    public static ITargetDataset AsAutoencoder(this IDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new AutoencoderDataset(dataset);
    }

    /// <summary>Splits off the last <paramref name="count"/> examples, in the order of the data, for validation.</summary>
    /// <returns>A split whose <see cref="DatasetSplit.Test"/> is the validation part.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The data has fewer.</exception>
    public static DatasetSplit HoldOut(this IDataset dataset, int count)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, dataset.Count);
        return new DatasetSplit(dataset.Take(dataset.Count - count), dataset.Slice(dataset.Count - count, count));
    }
}
