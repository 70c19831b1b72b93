using Evenkeel.Reporting.Charts;

namespace Evenkeel.Reporting.Metrics;

/// <summary>A chart of courses against training steps.</summary>
internal static class StepChart
{
    /// <summary>The chart; null where no line has a value.</summary>
    public static ChartSpec? Of(string title, AxisSpec y, IEnumerable<SeriesSpec> lines)
    {
        SeriesSpec[] drawn = [.. lines.Where(line => line.Y.Any(double.IsFinite))];
        return drawn.Length == 0
            ? null
            : new ChartSpec
            {
                Title = title,
                X = new AxisSpec { Label = "training step" },
                Y = y,
                Series = drawn,
            };
    }

    /// <summary>What the bands of charts are, to end a caption with; empty where they have none.</summary>
    public static string Bands(IEnumerable<ChartSpec> charts) =>
        charts.SelectMany(chart => chart.Series).Any(line => line.Lower is not null)
            ? " Of a long run each point stands for several values: the line is their mean, and the band reaches from the lowest to the highest."
            : "";

    /// <summary>The line of a course, with a band from the lowest to the highest where points stand for several values.</summary>
    public static SeriesSpec Line(string name, BoundedSeries series, int? colour = null) =>
        new()
        {
            Name = name,
            X = [.. series.Points.Select(p => (double)p.Step)],
            Y = [.. series.Points.Select(p => p.Mean)],
            Lower = series.IsThinned ? [.. series.Points.Select(p => p.Low)] : null,
            Upper = series.IsThinned ? [.. series.Points.Select(p => p.High)] : null,
            Colour = colour,
        };
}
