namespace Evenkeel.Kernels.Linear;

/// <summary>
/// Between weights as files keep them, [outputs, inputs, positions], and as kernels read them, [positions, inputs, outputs].
/// </summary>
public static class WeightOrder
{
    // Floats of a cache line: so many outputs are written or read together.
    private const int Block = 16;

    /// <summary>[outputs, inputs, positions] to [positions, inputs, outputs].</summary>
    /// <param name="source">The values; as many as the three sizes multiply to.</param>
    /// <param name="outputs">Output channels of the layer.</param>
    /// <param name="inputs">Input channels, of one group.</param>
    /// <param name="destination">As long as <paramref name="source"/>; receives the values.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void OutputsLast(ReadOnlySpan<float> source, int outputs, int inputs, Span<float> destination)
    {
        int positions = Positions(source.Length, outputs, inputs, destination.Length);
        int row = inputs * positions;
        for (int first = 0; first < outputs; first += Block)
        {
            int count = Math.Min(Block, outputs - first);
            for (int i = 0, r = 0; i < inputs; i++)
            {
                for (int p = 0; p < positions; p++, r++)
                {
                    Span<float> to = destination.Slice((((p * inputs) + i) * outputs) + first, count);
                    for (int o = 0, from = (first * row) + r; o < to.Length; o++, from += row)
                        to[o] = source[from];
                }
            }
        }
    }

    /// <summary>[positions, inputs, outputs] to [outputs, inputs, positions].</summary>
    /// <param name="source">The values; as many as the three sizes multiply to.</param>
    /// <param name="outputs">Output channels of the layer.</param>
    /// <param name="inputs">Input channels, of one group.</param>
    /// <exception cref="ArgumentException">The sizes do not divide the number of values.</exception>
    public static float[] OutputsFirst(ReadOnlySpan<float> source, int outputs, int inputs)
    {
        float[] destination = new float[source.Length];
        int positions = Positions(source.Length, outputs, inputs, destination.Length);
        int row = inputs * positions;
        for (int first = 0; first < outputs; first += Block)
        {
            int count = Math.Min(Block, outputs - first);
            for (int i = 0, r = 0; i < inputs; i++)
            {
                for (int p = 0; p < positions; p++, r++)
                {
                    ReadOnlySpan<float> from = source.Slice((((p * inputs) + i) * outputs) + first, count);
                    for (int o = 0, to = (first * row) + r; o < from.Length; o++, to += row)
                        destination[to] = from[o];
                }
            }
        }

        return destination;
    }

    private static int Positions(int values, int outputs, int inputs, int destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        (long positions, long rest) = Math.DivRem(values, (long)outputs * inputs);
        return rest == 0 && values == destination
            ? (int)positions
            : throw new ArgumentException(
                $"{values} values to {destination} are not [{outputs}, {inputs}] times a number of positions."
            );
    }
}
