namespace Evenkeel.Kernels.Loops;

/// <summary>Checks of the spans that a caller hands to an elementwise kernel.</summary>
internal static class SpanCheck
{
    /// <summary>Requires that <paramref name="actual"/> has the length of the operand that sets the size.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void SameLength(int expected, string expectedName, int actual, string actualName)
    {
        if (actual != expected)
        {
            throw new ArgumentException(
                $"{actualName} has {actual} elements but {expectedName} has {expected}; pass spans of equal length.",
                actualName
            );
        }
    }

    /// <summary>Requires that an output is either the very memory of an input or apart from it.</summary>
    /// <exception cref="ArgumentException">The spans overlap, shifted against each other.</exception>
    public static void SameOrApart(ReadOnlySpan<float> input, Span<float> output, string inputName, string outputName)
    {
        if (input.Overlaps(output, out int offset) && offset != 0)
        {
            throw new ArgumentException(
                $"{outputName} overlaps {inputName} shifted by {offset} elements; pass the same memory or separate memory.",
                outputName
            );
        }
    }
}
