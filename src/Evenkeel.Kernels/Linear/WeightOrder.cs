namespace Evenkeel.Kernels.Linear;

/// <summary>
/// Between weights as files keep them, [outputs, inputs, positions], and as kernels read them, [positions, inputs, outputs].
/// </summary>
public static class WeightOrder
{
    // Floats of a cache line: so many outputs are written or read together.
    private const int Block = 16;

    // So many are put in order in the first cache before they are spread: a file's values are read in rows, memory is written in lines.
    private const int BlockRows = 128;

    /// <summary>[outputs, inputs, positions] to [positions, inputs, outputs].</summary>
    /// <param name="source">The values; as many as the three sizes multiply to.</param>
    /// <param name="outputs">Output channels of the layer.</param>
    /// <param name="inputs">Input channels, of one group.</param>
    /// <param name="destination">As long as <paramref name="source"/>; receives the values.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static unsafe void OutputsLast(ReadOnlySpan<float> source, int outputs, int inputs, Span<float> destination)
    {
        int positions = Positions(source.Length, outputs, inputs, destination.Length);
        int row = inputs * positions;
        Span<float> lines = stackalloc float[Block * BlockRows];
        fixed (float* from = source)
        fixed (float* block = lines)
        {
            for (int first = 0; first < outputs; first += Block)
            {
                int count = Math.Min(Block, outputs - first);
                for (int r = 0; r < row; r += BlockRows)
                {
                    int rows = Math.Min(BlockRows, row - r);
                    PanelTranspose.Run(from + ((nint)first * row) + r, row, rows, count, block, Block);
                    Spread(lines[..(rows * Block)], r, inputs, positions, destination[first..], outputs, count);
                }
            }
        }
    }

    // Lines that follow each other in a file lie apart by position in memory.
    private static void Spread(
        ReadOnlySpan<float> lines,
        int r,
        int inputs,
        int positions,
        Span<float> destination,
        int outputs,
        int count
    )
    {
        (int i, int p) = Math.DivRem(r, positions);
        for (; lines.Length > 0; lines = lines[Block..])
        {
            lines[..count].CopyTo(destination.Slice(((p * inputs) + i) * outputs, count));
            if (++p == positions)
                (p, i) = (0, i + 1);
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
