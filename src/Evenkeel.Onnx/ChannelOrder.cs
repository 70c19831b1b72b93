namespace Evenkeel.Onnx;

/// <summary>Between channels first, as files have them, and channels last, as models have them.</summary>
public static class ChannelOrder
{
    /// <summary>[batch, channels, ...] as [batch, ..., channels].</summary>
    /// <param name="values">Whole examples.</param>
    /// <param name="shape">Shape of one example in the model, channels last.</param>
    /// <exception cref="ArgumentException">The values are not whole examples.</exception>
    public static float[] ToLast(ReadOnlySpan<float> values, Shape shape) =>
        Swap(values, shape.Count, shape.Channels, shape.Positions);

    /// <summary>[batch, ..., channels] as [batch, channels, ...].</summary>
    /// <param name="values">Whole examples.</param>
    /// <param name="shape">Shape of one example in the model, channels last.</param>
    /// <exception cref="ArgumentException">The values are not whole examples.</exception>
    public static float[] ToFirst(ReadOnlySpan<float> values, Shape shape) =>
        Swap(values, shape.Count, shape.Positions, shape.Channels);

    private static float[] Swap(ReadOnlySpan<float> values, int count, int rows, int columns)
    {
        if (values.Length % count != 0)
            throw new ArgumentException($"{values.Length} values are not whole examples of {count}.", nameof(values));
        float[] result = new float[values.Length];
        for (int start = 0; start < values.Length; start += count)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++)
                    result[start + (c * rows) + r] = values[start + (r * columns) + c];
            }
        }

        return result;
    }
}
