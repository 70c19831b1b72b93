using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Reporting.Metrics;
using static System.FormattableString;

namespace Evenkeel.Watch.Pages;

/// <summary>Courses of values as lines of charts, and as the table that says the same.</summary>
internal static class Lines
{
    private const int MostRows = 20;

    /// <summary>The line of a course, with a band from the lowest to the highest where points stand for several values.</summary>
    public static SeriesSpec Of(string name, BoundedSeries series, int colour, LineStyle style = LineStyle.Solid) =>
        new()
        {
            Name = name,
            X = [.. series.Points.Select(p => (double)p.Step)],
            Y = [.. series.Points.Select(p => p.Mean)],
            Lower = series.IsThinned ? [.. series.Points.Select(p => p.Low)] : null,
            Upper = series.IsThinned ? [.. series.Points.Select(p => p.High)] : null,
            Colour = colour,
            Style = style,
        };

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

    /// <summary>A chart against training steps; null where no line has a value.</summary>
    public static ChartSpec? Chart(string title, string label, IEnumerable<SeriesSpec> series, AxisScale scale)
    {
        SeriesSpec[] drawn = [.. series.Where(s => s.Y.Any(double.IsFinite))];
        return drawn.Length == 0
            ? null
            : new ChartSpec
            {
                Title = title,
                X = new AxisSpec { Label = "training step" },
                Y = new AxisSpec { Label = label, Scale = scale },
                Series = drawn,
            };
    }

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
