namespace Evenkeel.Training;

/// <summary>Top-k accuracy.</summary>
internal static class TopK
{
    /// <summary>Rows whose label is among the <paramref name="k"/> highest scores; one without a label is not.</summary>
    /// <param name="scores">[rows, classes].</param>
    /// <param name="labels">[rows].</param>
    /// <param name="k">1 for top-1, 5 for top-5.</param>
    public static int Count(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, int k)
    {
        int classes = scores.Length / labels.Length,
            within = 0;
        k = Math.Min(k, classes);
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0)
                continue;
            ReadOnlySpan<float> row = scores.Slice(i * classes, classes);
            float score = row[labels[i]];
            // Of equals the first goes ahead; in a row with NaN, for which both comparisons fail, the others go ahead.
            int ahead = 0;
            foreach (float earlier in row[..labels[i]])
                ahead += earlier < score ? 0 : 1;
            foreach (float later in row[labels[i]..])
                ahead += later <= score ? 0 : 1;
            within += ahead < k ? 1 : 0;
        }

        return within;
    }
}
