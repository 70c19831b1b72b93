namespace Evenkeel.Tests.Reference;

/// <summary>Comparisons whose failure says where and by how much.</summary>
internal static class Close
{
    /// <summary>Each value within <paramref name="tolerance"/> times the largest expected magnitude (at least <paramref name="floor"/>).</summary>
    public static void Relative(
        ReadOnlySpan<double> expected,
        ReadOnlySpan<float> actual,
        double tolerance,
        string what,
        double floor = 1e-3
    )
    {
        double largest = floor;
        foreach (double value in expected)
            largest = Math.Max(largest, Math.Abs(value));
        Absolute(expected, actual, tolerance * largest, what);
    }

    public static void Absolute(
        ReadOnlySpan<double> expected,
        ReadOnlySpan<float> actual,
        double tolerance,
        string what
    )
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            // Written so that NaN fails.
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance))
                Assert.Fail($"{what}[{i}]: expected {expected[i]:g9}, was {actual[i]:g9}, tolerance {tolerance:g3}");
        }
    }

    public static void Absolute(
        ReadOnlySpan<double> expected,
        ReadOnlySpan<double> actual,
        double tolerance,
        string what
    )
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance))
                Assert.Fail($"{what}[{i}]: expected {expected[i]:g17}, was {actual[i]:g17}, tolerance {tolerance:g3}");
        }
    }

    public static void SameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what}[{i}]: {expected[i]:g9} and {actual[i]:g9} differ in their bits");
        }
    }
}
