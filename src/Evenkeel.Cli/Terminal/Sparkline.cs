using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Cli.Terminal;

/// <summary>The course of a value in a few cells of a terminal.</summary>
internal sealed class Sparkline
{
    /// <summary>The most cells that it takes.</summary>
    public const int Cells = 16;

    private const string Levels = "▁▂▃▄▅▆▇█";
    private readonly BoundedSeries _series = new(4 * Cells);

    /// <summary>Adds a value.</summary>
    public void Add(double value) => _series.Add(_series.Count, value);

    /// <summary>The course from its lowest to its highest mean; a blank where no value is finite. Empty before there are two values.</summary>
    public override string ToString()
    {
        double[] means = [.. Means()];
        double[] finite = [.. means.Where(double.IsFinite)];
        if (means.Length < 2 || finite.Length == 0)
            return "";
        (double low, double high) = (finite.Min(), finite.Max());
        return string.Concat(means.Select(mean => Cell(mean, low, high)));
    }

    private static char Cell(double mean, double low, double high) =>
        !double.IsFinite(mean) ? ' '
        : high > low ? Levels[(int)Math.Round((mean - low) / (high - low) * (Levels.Length - 1))]
        : Levels[0];

    // Of as many points in a row for each cell.
    private IEnumerable<double> Means()
    {
        int each = ((_series.Points.Count - 1) / Cells) + 1;
        return _series
            .Points.Chunk(each)
            .Select(points => points.Select(p => p.Mean).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average());
    }
}
