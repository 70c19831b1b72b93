namespace Evenkeel.Reporting.Charts;

/// <summary>
/// Thins a line to what can be seen: of the points that share a column of the drawing the first, lowest, highest and last are kept, so
/// every peak stays.
/// </summary>
internal static class Thinning
{
    /// <summary>The indices to keep, of those from <paramref name="start"/> to <paramref name="end"/> (exclusive).</summary>
    /// <param name="start">The first point.</param>
    /// <param name="end">One past the last point.</param>
    /// <param name="column">The column of a point; never going back.</param>
    /// <param name="lowest">What is compared for the lowest point of a column.</param>
    /// <param name="highest">What is compared for the highest point of a column.</param>
    public static List<int> Keep(
        int start,
        int end,
        Func<int, int> column,
        Func<int, double> lowest,
        Func<int, double> highest
    )
    {
        var kept = new List<int>();
        int first = start;
        while (first < end)
        {
            (int low, int high, int last) = (first, first, first);
            for (int i = first + 1; i < end && column(i) == column(first); i++)
            {
                low = lowest(i) < lowest(low) ? i : low;
                high = highest(i) > highest(high) ? i : high;
                last = i;
            }
            foreach (int index in new[] { first, Math.Min(low, high), Math.Max(low, high), last })
            {
                if (kept.Count == 0 || kept[^1] < index)
                    kept.Add(index);
            }
            first = last + 1;
        }
        return kept;
    }

    /// <summary>The segments of points that have a place, as (start, end) with end exclusive; between them are gaps.</summary>
    public static IEnumerable<(int Start, int End)> Segments(int count, Func<int, bool> has)
    {
        int start = -1;
        for (int i = 0; i <= count; i++)
        {
            bool inside = i < count && has(i);
            if (inside && start < 0)
                start = i;
            if (inside || start < 0)
                continue;
            yield return (start, i);
            start = -1;
        }
    }
}
