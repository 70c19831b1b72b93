using System.Globalization;
using System.Text;
using static Evenkeel.Reporting.Charts.NumberText;

namespace Evenkeel.Reporting.Charts;

/// <summary>One heat map: title and name of the rows above, cells, columns and their name below.</summary>
internal sealed class HeatMapDrawing
{
    private const double Width = 360;
    private const double TitleHeight = 24;
    private const double LabelHeight = 22;
    private const double CellHeight = 26;
    private const double FootHeight = 40;
    private const double TextSize = 12;
    private const double Gap = 2;
    private const int Margin = 12;

    // The deepest shade leaves the text legible on it, light or dark.
    private const double Deepest = 0.55;

    private readonly HeatMapSpec _map;
    private readonly string _id;
    private readonly double _left;
    private readonly double _cell;
    private readonly StringBuilder _svg = new();

    public HeatMapDrawing(HeatMapSpec map, string id)
    {
        (_map, _id) = (map, id);
        _left = 8 + map.Rows.Select(row => SvgText.Width(row, TextSize)).DefaultIfEmpty(0).Max();
        _cell = (Width - _left) / Math.Max(1, map.Columns.Count);
    }

    private double Bottom => TitleHeight + LabelHeight + (_map.Rows.Count * CellHeight);

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

    private string Draw(string attributes, int margin, string ground)
    {
        string box = $"{-margin} {-margin} {Coordinate(Width + (2 * margin))} {Coordinate(Height + (2 * margin))}";
        _svg.Append(
            $"<svg{attributes} class=\"ek-chart\" viewBox=\"{box}\" role=\"img\" aria-labelledby=\"{_id}-title {_id}-desc\">\n"
                + $"<title id=\"{_id}-title\">{SvgText.Escape(_map.Title)}</title>\n"
                + $"<desc id=\"{_id}-desc\">{SvgText.Escape(Description())}</desc>\n{ground}"
        );
        Text("ek-title", 0, 14, "start", SvgText.Fit(_map.Title, 14.5, Width));
        Text("ek-label", 0, TitleHeight + 12, "start", SvgText.Fit(_map.YLabel, TextSize, Width));
        for (int row = 0; row < _map.Rows.Count; row++)
            DrawRow(row);
        for (int column = 0; column < _map.Columns.Count; column++)
            Text("ek-tick", _left + ((column + 0.5) * _cell), Bottom + 15, "middle", _map.Columns[column]);
        Text("ek-label", (_left + Width) / 2, Bottom + 33, "middle", SvgText.Fit(_map.XLabel, TextSize, Width - _left));
        return _svg.Append("</svg>\n").ToString();
    }

    private void DrawRow(int row)
    {
        double top = TitleHeight + LabelHeight + (row * CellHeight);
        Text("ek-tick", _left - 6, top + 17, "end", _map.Rows[row]);
        for (int column = 0; column < _map.Columns.Count; column++)
        {
            double at = _left + (column * _cell);
            string shade = Shade(_map.Values[row][column]).ToString("0.##", CultureInfo.InvariantCulture);
            _svg.Append(
                $"<rect class=\"ek-cell\" fill-opacity=\"{shade}\" x=\"{Coordinate(at)}\" y=\"{Coordinate(top)}\" "
                    + $"width=\"{Coordinate(_cell - Gap)}\" height=\"{Coordinate(CellHeight - Gap)}\"/>\n"
            );
            Text("ek-name", at + ((_cell - Gap) / 2), top + 16, "middle", _map.Texts[row][column]);
        }
    }

    private double Shade(double value) =>
        double.IsFinite(value) ? Deepest * Math.Clamp((value - _map.Minimum) / (_map.Maximum - _map.Minimum), 0, 1) : 0;

    private string Description() =>
        $"Heat map, {_map.YLabel} by {_map.XLabel}. " + string.Join(" ", _map.Rows.Select((_, row) => InWords(row)));

    private string InWords(int row) =>
        $"{_map.Rows[row]}: {string.Join(", ", _map.Columns.Select((column, i) => $"{column} {_map.Texts[row][i]}"))}.";

    private void Text(string kind, double x, double y, string anchor, string text) =>
        _svg.Append(
            $"<text class=\"{kind}\" x=\"{Coordinate(x)}\" y=\"{Coordinate(y)}\" text-anchor=\"{anchor}\">{SvgText.Escape(text)}</text>\n"
        );
}
