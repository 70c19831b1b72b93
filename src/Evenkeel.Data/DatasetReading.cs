namespace Evenkeel;

/// <summary>Examples of a data set, read into arrays of their own.</summary>
public static class DatasetReading
{
    /// <summary>The values of all examples, [<see cref="IDataset.Count"/>, <see cref="IDataset.InputLength"/>], a copy.</summary>
    /// <param name="dataset">The data.</param>
    /// <exception cref="OverflowException">They are more than 2^31-1 values.</exception>
    public static float[] Inputs(this IDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return Read(dataset, [.. Enumerable.Range(0, dataset.Count)]).Inputs;
    }

    /// <summary>The values of one example, a copy.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="index">0 to <see cref="IDataset.Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    public static float[] Inputs(this IDataset dataset, int index) => Read(dataset, [index]).Inputs;

    /// <summary>The labels of one example, a copy: <see cref="IDataset.LabelLength"/> of them, -1 for a position that has none.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="index">0 to <see cref="IDataset.Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    public static int[] Labels(this IDataset dataset, int index) => Read(dataset, [index]).Labels;

    /// <summary>The class of one example; 0 for data without labels.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="index">0 to <see cref="IDataset.Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    /// <exception cref="ArgumentException">Examples have several labels; ask for <see cref="Labels"/>.</exception>
    public static int Label(this IDataset dataset, int index) =>
        Read(dataset, [index]).Labels is [var only]
            ? only
            : throw new ArgumentException(
                $"{dataset.Name}: examples have {dataset.LabelLength} labels; ask for Labels."
            );

    private static (float[] Inputs, int[] Labels) Read(IDataset dataset, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        float[] inputs = new float[checked(indices.Length * dataset.InputLength)];
        int[] labels = new int[checked(indices.Length * dataset.LabelLength)];
        dataset.Read(indices, inputs, labels);
        return (inputs, labels);
    }
}
