namespace Evenkeel.Data;

/// <summary>Reads any data set at an epoch; one that does not change with the epoch is read as it is.</summary>
internal static class EpochReading
{
    /// <summary><see cref="IEpochDataset.Read"/> where there is one, else <see cref="IDataset.Read"/>.</summary>
    public static void ReadAt(
        this IDataset dataset,
        ReadOnlySpan<int> indices,
        int epoch,
        Span<float> inputs,
        Span<int> labels
    )
    {
        if (dataset is IEpochDataset changing)
            changing.Read(indices, epoch, inputs, labels);
        else
            dataset.Read(indices, inputs, labels);
    }
}
