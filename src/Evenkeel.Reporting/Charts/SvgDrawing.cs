using System.Text;
using static Evenkeel.Reporting.Charts.NumberText;

namespace Evenkeel.Reporting.Charts;

/// <summary>One drawing: title, legend and axis label above the plot, marks around it, lines in it.</summary>
internal sealed class SvgDrawing
{
    // In units of the view box. On a phone a chart is about as wide as this in CSS pixels, so text keeps its size there.
    private const double Width = 360;
    private const double PlotHeight = 185;
    private const double TitleHeight = 24;
    private const double RowHeight = 18;
    private const double LabelHeight = 29;
    private const double FootHeight = 42;
    private const double RightMargin = 12;
    private const double TextSize = 12;
    private const int Margin = 12;
    private const int XMarks = 5;
    private const int YMarks = 5;

    private readonly ChartSpec chart;
    private readonly string id;
    private readonly Legend legend;
    private readonly double left;
    private readonly double top;
    private readonly Axis x;
    private readonly Axis y;
    private readonly StringBuilder svg = new();

    public SvgDrawing(ChartSpec chart, string id)
    {
        this.chart = chart;
        this.id = id;
        legend = Legend.Of(chart, Width - RightMargin);
        top = TitleHeight + (legend.Rows * RowHeight) + LabelHeight;
        y = Axis.Rounded(chart.Y, chart.Series.SelectMany(YValues), Bottom, top, YMarks);
        left = 12 + Ticks.Text(y.Marks(YMarks)).Select(text => SvgText.Width(text, TextSize)).DefaultIfEmpty(0).Max();
        x = Axis.FromNearZero(chart.X, chart.Series.SelectMany(s => s.X), left, Right);
    }

    private static double Right => Width - RightMargin;

    private double Bottom => top + PlotHeight;

    private double Height => Bottom + FootHeight;

    /// <summary>A document of its own, with its style, its ground and a margin.</summary>
    public string Document()
    {
        string place =
            $"x=\"-{Margin}\" y=\"-{Margin}\" width=\"{Coordinate(Width + (2 * Margin))}\" height=\"{Coordinate(Height + (2 * Margin))}\"";
        string ground = $"<style>{ChartStyle.Sheet}</style>\n<rect class=\"ek-ground\" {place}/>\n";
        return Draw(" xmlns=\"http://www.w3.org/2000/svg\"", Margin, ground);
    }

    /// <summary>An element for a page that holds the style.</summary>
    public string Element() => Draw("", 0, "");

    private static IEnumerable<double> YValues(SeriesSpec series) =>
        series.Y.Concat(series.Lower ?? []).Concat(series.Upper ?? []);

    private string Draw(string attributes, int margin, string ground)
    {
        string box = $"{-margin} {-margin} {Coordinate(Width + (2 * margin))} {Coordinate(Height + (2 * margin))}";
        svg.Append(
            $"<svg{attributes} class=\"ek-chart\" viewBox=\"{box}\" role=\"img\" "
                + $"aria-labelledby=\"{id}-title {id}-desc\">\n"
        );
        svg.Append($"<title id=\"{id}-title\">{SvgText.Escape(chart.Title)}</title>\n");
        svg.Append($"<desc id=\"{id}-desc\">{SvgText.Escape(ChartDescription.Of(chart))}</desc>\n{ground}");
        svg.Append(
            $"<clipPath id=\"{id}-plot\"><rect x=\"{Coordinate(left)}\" y=\"{Coordinate(top - 1)}\" "
                + $"width=\"{Coordinate(Right - left)}\" height=\"{Coordinate(PlotHeight + 2)}\"/></clipPath>\n"
        );
        Text("ek-title", 0, 14, "start", SvgText.Fit(chart.Title, 14.5, Width));
        DrawLegend();
        DrawAxes();
        svg.Append($"<g clip-path=\"url(#{id}-plot)\">\n");
        // Bands below all lines: a wide band must not veil another series' line.
        for (int i = 0; i < chart.Series.Count; i++)
            DrawBand(chart.Series[i], Colour(i));
        for (int i = 0; i < chart.Series.Count; i++)
            DrawLine(chart.Series[i], Colour(i));
        svg.Append("</g>\n");
        foreach (MarkerSpec marker in chart.Markers)
            DrawMarker(marker);
        return svg.Append("</svg>\n").ToString();
    }

    private int Colour(int series) => (chart.Series[series].Colour ?? series) % ChartStyle.Colours;

    private void DrawLegend()
    {
        foreach (Legend.Entry entry in legend.Entries)
        {
            double middle = TitleHeight + (entry.Row * RowHeight) + (RowHeight / 2);
            int colour = Colour(entry.Series);
            if (entry.Kind == Legend.EntryKind.Band)
                svg.Append(
                    $"<rect class=\"ek-band ek-f{colour}\" x=\"{Coordinate(entry.X)}\" y=\"{Coordinate(middle - 5)}\" width=\"18\" height=\"10\"/>\n"
                );
            else
                svg.Append(
                    $"<path class=\"ek-line{Dash(chart.Series[entry.Series].Style)} ek-s{colour}\" d=\"M{Coordinate(entry.X + 1)} {Coordinate(middle)}h16\"/>\n"
                );
            Text("ek-name", entry.X + 23, middle + 4, "start", entry.Text);
        }
    }

    private void DrawAxes()
    {
        double[] marks = y.Marks(YMarks);
        foreach ((double mark, string text) in marks.Zip(Ticks.Text(marks)))
        {
            string place = Coordinate(y.Position(mark));
            svg.Append($"<path class=\"ek-grid\" d=\"M{Coordinate(left)} {place}H{Coordinate(Right)}\"/>\n");
            Text("ek-tick", left - 6, y.Position(mark) + 4, "end", text);
        }
        svg.Append($"<path class=\"ek-axis\" d=\"M{Coordinate(left)} {Coordinate(Bottom)}H{Coordinate(Right)}\"/>\n");
        marks = x.Marks(XMarks);
        foreach ((double mark, string text) in marks.Zip(Ticks.Text(marks)))
        {
            double place = x.Position(mark);
            svg.Append($"<path class=\"ek-axis\" d=\"M{Coordinate(place)} {Coordinate(Bottom)}v4\"/>\n");
            // A mark at the very end would be cut off by the edge if it stayed centred.
            double centre = Math.Min(place, Width - (SvgText.Width(text, TextSize) / 2));
            Text("ek-tick", centre, Bottom + 18, "middle", text);
        }
        Text("ek-label", 0, top - 13, "start", SvgText.Fit(chart.Y.Label, TextSize, Width));
        double centreOfPlot = (left + Right) / 2;
        Text("ek-label", centreOfPlot, Bottom + 36, "middle", SvgText.Fit(chart.X.Label, TextSize, Right - left));
    }

    private void DrawBand(SeriesSpec series, int colour)
    {
        if (series.Lower is null || series.Upper is null)
            return;
        var lines = new SvgLines(chart, series, x, y);
        Path($"ek-band ek-f{colour}", lines.Band(series.Lower, series.Upper));
        Path($"ek-edge ek-s{colour}", lines.Line(series.Lower) + lines.Line(series.Upper));
    }

    private void DrawLine(SeriesSpec series, int colour)
    {
        var lines = new SvgLines(chart, series, x, y);
        Path($"ek-line{Dash(series.Style)} ek-s{colour}", lines.Line(series.Y));
        foreach ((double placeX, double placeY) in lines.Lone(series.Y))
            svg.Append(
                $"<circle class=\"ek-f{colour}\" cx=\"{Coordinate(placeX)}\" cy=\"{Coordinate(placeY)}\" r=\"2\"/>\n"
            );
    }

    private void DrawMarker(MarkerSpec marker)
    {
        if (marker.Axis == MarkerAxis.Y && y.Holds(marker.Value))
        {
            double place = y.Position(marker.Value);
            Path("ek-marker", $"M{Coordinate(left)} {Coordinate(place)}H{Coordinate(Right)}");
            Text("ek-note", left + 4, place - 5, "start", marker.Label);
        }
        else if (marker.Axis == MarkerAxis.X && x.Holds(marker.Value))
        {
            double place = x.Position(marker.Value);
            Path("ek-marker", $"M{Coordinate(place)} {Coordinate(top)}V{Coordinate(Bottom)}");
            // The note stands on the side that has room for it.
            double room = SvgText.Width(marker.Label, TextSize) + 6;
            (double at, string anchor) = place + room < Right ? (place + 4, "start") : (place - 4, "end");
            Text("ek-note", at, Bottom - 6, anchor, marker.Label);
        }
    }

    private static string Dash(LineStyle style) =>
        style switch
        {
            LineStyle.Dashed => " ek-dashed",
            LineStyle.Dotted => " ek-dotted",
            _ => "",
        };

    private void Path(string kind, string data)
    {
        if (data.Length > 0)
            svg.Append($"<path class=\"{kind}\" d=\"{data}\"/>\n");
    }

    private void Text(string kind, double atX, double atY, string anchor, string text)
    {
        if (text.Length > 0)
            svg.Append(
                $"<text class=\"{kind}\" x=\"{Coordinate(atX)}\" y=\"{Coordinate(atY)}\" text-anchor=\"{anchor}\">{SvgText.Escape(text)}</text>\n"
            );
    }
}
