using System.Globalization;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Cli.Claims.Measuring;

/// <summary>The pictures of claims.</summary>
internal static class ClaimCharts
{
    /// <summary>A line of means, 0 or more, with a band of one deviation on each side.</summary>
    public static SeriesSpec Line(string name, IEnumerable<double> x, IEnumerable<Spread> y)
    {
        Spread[] values = [.. y];
        return new SeriesSpec
        {
            Name = name,
            X = [.. x],
            Y = [.. values.Select(v => v.Mean)],
            Lower = [.. values.Select(v => Math.Max(0, v.Mean - v.Deviation))],
            Upper = [.. values.Select(v => v.Mean + v.Deviation)],
        };
    }

    /// <summary>A line of single values.</summary>
    public static SeriesSpec Line(string name, IEnumerable<double> x, IEnumerable<double> y) =>
        new()
        {
            Name = name,
            X = [.. x],
            Y = [.. y],
        };

    /// <summary>A figure of one chart.</summary>
    public static FigureSpec Figure(string title, AxisSpec x, AxisSpec y, params IReadOnlyList<SeriesSpec> lines) =>
        new()
        {
            Title = title,
            Charts =
            [
                new ChartSpec
                {
                    Title = title,
                    X = x,
                    Y = y,
                    Series = lines,
                },
            ],
        };

    /// <summary>An axis.</summary>
    public static AxisSpec Axis(string label) => new() { Label = label };

    /// <summary>A logarithmic axis.</summary>
    public static AxisSpec LogAxis(string label) => new() { Label = label, Scale = AxisScale.Logarithmic };

    /// <summary>A table.</summary>
    public static TableSpec Table(
        string title,
        IReadOnlyList<string> columns,
        IEnumerable<IReadOnlyList<string>> rows
    ) =>
        new()
        {
            Title = title,
            Columns = columns,
            Rows = [.. rows],
        };

    /// <summary>A number as text of the invariant culture.</summary>
    public static string Text(double value, string format = "G3") =>
        value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>A share as a percentage with one decimal.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");
}
