namespace Evenkeel.Kernels.Tests.Reference;

/// <summary>Error in units of the last place: the distance between neighbouring floats at the expected value.</summary>
internal static class UlpError
{
    /// <summary>
    /// |actual - expected| in ulps of <paramref name="expected"/>; 0 if both are NaN or both overflow to the same infinity,
    /// infinity if only one of them is or does.
    /// </summary>
    public static double Of(float actual, double expected)
    {
        float nearest = (float)expected;
        if (nearest.Equals(actual) && !float.IsFinite(actual))
            return 0;
        double error = Math.Abs(actual - expected) / UnitAt(expected);
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }

    /// <summary>The largest error over two spans of equal length.</summary>
    public static double Largest(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        double largest = 0;
        for (int i = 0; i < actual.Length; i++)
            largest = Math.Max(largest, Of(actual[i], expected[i]));
        return largest;
    }

    private static double UnitAt(double expected)
    {
        const int SmallestExponent = -126;
        const int FractionBits = 23;
        int exponent = expected == 0 ? SmallestExponent : Math.ILogB(expected);
        return Math.ScaleB(1, Math.Max(exponent, SmallestExponent) - FractionBits);
    }
}
