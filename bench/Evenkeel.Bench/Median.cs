namespace Evenkeel.Bench;

/// <summary>The middle of what was measured.</summary>
internal static class Median
{
    /// <summary>The value in the middle; of an even number of values the upper one of two.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
