using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Reporting.Metrics;
using static System.FormattableString;

namespace Evenkeel.Watch.Pages;

/// <summary>Courses of values as lines of charts, and as the table that says the same.</summary>
internal static class Lines
{
    private const int MostRows = 20;

    /// <summary>A line with a band between two other courses; they were added at the same steps.</summary>
    public static SeriesSpec Between(
        string name,
        string bandName,
        BoundedSeries middle,
        BoundedSeries low,
        BoundedSeries high,
        int colour
    ) =>
        new()
        {
            Name = name,
            BandName = bandName,
            X = [.. middle.Points.Select(p => (double)p.Step)],
            Y = [.. middle.Points.Select(p => p.Mean)],
            Lower = [.. low.Points.Select(p => p.Low)],
            Upper = [.. high.Points.Select(p => p.High)],
            Colour = colour,
        };

    /// <summary>The values of a chart at some steps, the last among them.</summary>
    public static TableSpec Table(ChartSpec chart)
    {
        double[] steps = [.. chart.Series.SelectMany(s => s.X).Distinct().Order()];
        int every = ((steps.Length - 1) / MostRows) + 1;
        return new TableSpec
        {
            Title = chart.Title,
            Columns = ["Step", .. chart.Series.Select(s => s.Name)],
            Rows =
            [
                .. steps
                    .Where((_, i) => (steps.Length - 1 - i) % every == 0)
                    .Select(step =>
                        (IReadOnlyList<string>)[Invariant($"{step:N0}"), .. chart.Series.Select(s => ValueAt(s, step))]
                    ),
            ],
        };
    }

    // The last value not after the step: series are logged at different steps.
    private static string ValueAt(SeriesSpec series, double step)
    {
        int after = 0;
        while (after < series.X.Count && series.X[after] <= step)
            after++;
        return after == 0 ? RunText.None : NumberText.Short(series.Y[after - 1], 4);
    }
}
