namespace Evenkeel.Diagnostics;

/// <summary>Percentiles of sorted numbers.</summary>
internal static class Percentile
{
    /// <summary>A percentile, linear between the two nearest ranks.</summary>
    /// <param name="sorted">The numbers, ascending; one or more.</param>
    /// <param name="percentile">In [0, 100].</param>
    public static float Of(ReadOnlySpan<float> sorted, double percentile)
    {
        double rank = percentile / 100 * (sorted.Length - 1);
        int below = (int)rank;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return (float)(sorted[below] + ((sorted[above] - sorted[below]) * (rank - below)));
    }
}
