using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>One comparison of a fast kernel with its plain double-precision reference on this machine.</summary>
/// <param name="Kernel">Name of the kernel, for example <c>Normalize, scale and shift</c>.</param>
/// <param name="Shape">The shape it is run on, for example <c>60x100</c>.</param>
/// <param name="Run">Runs both and returns the largest error in units of the tolerance's scale, with the tolerance.</param>
public sealed record KernelCheck(string Kernel, string Shape, Func<WorkerPool, KernelCheckResult> Run);

/// <summary>The outcome of a <see cref="KernelCheck"/>.</summary>
/// <param name="Error">Largest error found, in the units that the tolerance is given in.</param>
/// <param name="Tolerance">Largest error accepted.</param>
public readonly record struct KernelCheckResult(double Error, double Tolerance)
{
    /// <summary>Whether the kernel agrees with its reference; a NaN error never passes.</summary>
    public bool Passed => Error <= Tolerance;
}

/// <summary>Reproducible inputs for checks.</summary>
internal static class CheckValues
{
    /// <summary>Values in [-1, 1) to three binary digits, so that windows hold equal ones.</summary>
    public static float[] Coarse(long length, int seed) => Of(length, seed, v => MathF.Floor(8 * v) / 8);

    /// <summary>Values in [-1, 1).</summary>
    public static float[] Uniform(long length, int seed) => Of(length, seed, v => v);

    private static float[] Of(long length, int seed, Func<float, float> map)
    {
        var random = new Random(seed);
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
            value = map((2 * random.NextSingle()) - 1);
        return values;
    }
}

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
