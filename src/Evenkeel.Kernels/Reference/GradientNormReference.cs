using Evenkeel.Kernels.Optim;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>The sum of squares, compensated, so that its own rounding does not count.</summary>
internal static class GradientNormReference
{
    /// <summary>Sum of squares by Neumaier's compensated summation.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        double lost = 0;
        foreach (float value in values)
        {
            double square = (double)value * value;
            double next = sum + square;
            lost += sum >= square ? sum - next + square : square - next + sum;
            sum = next;
        }

        return sum + lost;
    }
}

/// <summary>Checks of the gradient's norm on this machine.</summary>
internal static class GradientNormChecks
{
    private const int Length = 100_003;

    // Each of 64 accumulators takes 128 values of a chunk: a relative error of at most some 200 double roundings of 1e-16.
    private const double Tolerance = 3e-14;

    /// <summary>All of them.</summary>
    public static IEnumerable<KernelCheck> All =>
        [new("GradientNorm.SumOfSquares", $"{Length}", pool => new(SumOfSquares(pool), Tolerance))];

    private static double SumOfSquares(WorkerPool pool)
    {
        var random = new Random(4);
        float[] values = new float[Length];
        for (int i = 0; i < Length; i++)
            values[i] = random.NextSingle() - 0.5f;
        double expected = GradientNormReference.SumOfSquares(values);
        return Math.Abs(GradientNorm.SumOfSquares(pool, values) - expected) / expected;
    }
}
