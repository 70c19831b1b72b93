namespace Evenkeel;

/// <summary>Single examples of a data set.</summary>
public static class DatasetReading
{
    /// <summary>The values of one example, a copy.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="index">0 to <see cref="IDataset.Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    public static float[] Inputs(this IDataset dataset, int index) => Read(dataset, index).Inputs;

    /// <summary>The class of one example; 0 for data without labels.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="index">0 to <see cref="IDataset.Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    public static int Label(this IDataset dataset, int index) => Read(dataset, index).Label;

    private static (float[] Inputs, int Label) Read(IDataset dataset, int index)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        float[] inputs = new float[dataset.InputLength];
        int[] label = new int[1];
        dataset.Read([index], inputs, label);
        return (inputs, label[0]);
    }
}
