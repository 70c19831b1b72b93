using System.Text;

namespace Evenkeel.Reporting.Charts;

/// <summary>A chart in words, for readers who do not see it.</summary>
internal static class ChartDescription
{
    /// <summary>The chart's own description, or one made from the axes and where each line begins and ends.</summary>
    public static string Of(ChartSpec chart)
    {
        if (chart.Description.Length > 0)
            return chart.Description;
        var text = new StringBuilder("Line chart");
        if (chart.Y.Label.Length > 0)
            text.Append(" of ").Append(chart.Y.Label);
        if (chart.X.Label.Length > 0)
            text.Append(" against ").Append(chart.X.Label);
        text.Append('.');
        foreach (SeriesSpec series in chart.Series)
            text.Append(' ').Append(series.Name).Append(": ").Append(Course(series)).Append('.');
        return text.ToString();
    }

    private static string Course(SeriesSpec series)
    {
        int[] seen = [.. Enumerable.Range(0, series.Y.Count).Where(i => double.IsFinite(series.Y[i]))];
        if (seen.Length == 0)
            return "no values";
        string Point(int i) => $"{NumberText.Short(series.Y[i])} at {NumberText.Short(series.X[i])}";
        string low = NumberText.Short(seen.Min(i => series.Y[i]));
        string high = NumberText.Short(seen.Max(i => series.Y[i]));
        return $"from {Point(seen[0])} to {Point(seen[^1])}, between {low} and {high}";
    }
}
