using System.Text;

namespace Evenkeel.Reporting.Charts;

/// <summary>Turns a series into the path data of its line, its band, and the points that stand alone between gaps.</summary>
internal sealed class SvgLines(ChartSpec chart, SeriesSpec series, Axis x, Axis y)
{
    /// <summary>The line through <paramref name="values"/>; empty if no two points are neighbours.</summary>
    public string Line(IReadOnlyList<double> values)
    {
        var path = new StringBuilder();
        foreach ((int start, int end) in Segments(values))
        {
            if (end - start > 1)
                Append(path, Kept(start, end, values, values), values, 'M');
        }
        return path.ToString();
    }

    /// <summary>The places of points without neighbours, which a line cannot show.</summary>
    public IEnumerable<(double X, double Y)> Lone(IReadOnlyList<double> values)
    {
        foreach ((int start, int end) in Segments(values))
        {
            if (end - start == 1)
                yield return (x.Position(series.X[start]), y.Position(values[start]));
        }
    }

    /// <summary>The band between two edges; empty if there is none.</summary>
    public string Band(IReadOnlyList<double> lower, IReadOnlyList<double> upper)
    {
        var path = new StringBuilder();
        foreach (
            (int start, int end) in Thinning.Segments(lower.Count, i => HasX(i) && HasY(lower[i]) && HasY(upper[i]))
        )
        {
            if (end - start == 1)
                continue;
            List<int> kept = Kept(start, end, lower, upper);
            Append(path, kept, upper, 'M');
            kept.Reverse();
            Append(path, kept, lower, 'L');
            path.Append('Z');
        }
        return path.ToString();
    }

    private IEnumerable<(int Start, int End)> Segments(IReadOnlyList<double> values) =>
        Thinning.Segments(values.Count, i => HasX(i) && HasY(values[i]));

    private bool HasX(int index) => Axis.Has(chart.X.Scale, series.X[index]);

    private bool HasY(double value) => Axis.Has(chart.Y.Scale, value);

    private List<int> Kept(int start, int end, IReadOnlyList<double> low, IReadOnlyList<double> high) =>
        Thinning.Keep(start, end, i => (int)x.Position(series.X[i]), i => low[i], i => high[i]);

    private void Append(StringBuilder path, List<int> indices, IReadOnlyList<double> values, char first)
    {
        for (int n = 0; n < indices.Count; n++)
        {
            int i = indices[n];
            path.Append(n == 0 ? first : 'L')
                .Append(NumberText.Coordinate(x.Position(series.X[i])))
                .Append(' ')
                .Append(NumberText.Coordinate(y.Position(values[i])));
        }
    }
}
