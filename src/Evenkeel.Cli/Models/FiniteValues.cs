using static System.FormattableString;

namespace Evenkeel.Cli.Models;

/// <summary>Tells of values that are no finite numbers: what is computed from them is none either, and nothing fails.</summary>
internal static class FiniteValues
{
    /// <summary>Whether there are no others.</summary>
    public static bool AreAll(float[] values) => !Array.Exists(values, v => !float.IsFinite(v));

    /// <summary>How many there are of others, and where the first is.</summary>
    /// <param name="values">One or more of them not finite.</param>
    /// <param name="dimensions">The shape, in the order of the values.</param>
    public static string Others(float[] values, IReadOnlyList<int> dimensions)
    {
        int count = values.Count(v => !float.IsFinite(v)),
            first = Array.FindIndex(values, v => !float.IsFinite(v));
        int[] place = new int[dimensions.Count];
        for (int d = place.Length - 1, rest = first; d >= 0; rest /= dimensions[d--])
            place[d] = rest % dimensions[d];
        return Invariant(
            $"{count:N0} of {values.Length:N0} values are NaN, infinite or beyond float32, the first ({values[first]}) at [{string.Join(", ", place)}]"
        );
    }
}
