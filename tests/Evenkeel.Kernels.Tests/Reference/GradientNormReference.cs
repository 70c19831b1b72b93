namespace Evenkeel.Kernels.Tests.Reference;

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
