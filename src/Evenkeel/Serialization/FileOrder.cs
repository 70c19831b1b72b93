using System.Collections.Immutable;

namespace Evenkeel.Serialization;

/// <summary>Between [..., inputs, outputs] in memory and [outputs, inputs, ...] in files.</summary>
internal static class FileOrder
{
    /// <summary>From memory's order to the files'.</summary>
    /// <param name="values">[positions, inputs, outputs].</param>
    /// <param name="dimensions">Dimensions in memory, two or more.</param>
    public static float[] LastFirst(ReadOnlySpan<float> values, ImmutableArray<int> dimensions)
    {
        (int positions, int inputs, int outputs) = Sizes(dimensions);
        float[] result = new float[values.Length];
        for (int p = 0, from = 0; p < positions; p++)
        {
            for (int i = 0; i < inputs; i++)
            {
                for (int o = 0; o < outputs; o++, from++)
                    result[(((o * inputs) + i) * positions) + p] = values[from];
            }
        }

        return result;
    }

    /// <summary>From the files' order to memory's.</summary>
    public static void LastLast(ReadOnlySpan<float> stored, ImmutableArray<int> dimensions, Span<float> values)
    {
        (int positions, int inputs, int outputs) = Sizes(dimensions);
        for (int p = 0, to = 0; p < positions; p++)
        {
            for (int i = 0; i < inputs; i++)
            {
                for (int o = 0; o < outputs; o++, to++)
                    values[to] = stored[(((o * inputs) + i) * positions) + p];
            }
        }
    }

    private static (int Positions, int Inputs, int Outputs) Sizes(ImmutableArray<int> dimensions) =>
        (dimensions[..^2].Aggregate(1, (product, d) => product * d), dimensions[^2], dimensions[^1]);
}
