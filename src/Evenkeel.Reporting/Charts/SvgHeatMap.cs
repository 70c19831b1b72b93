namespace Evenkeel.Reporting.Charts;

/// <summary>
/// Draws a <see cref="HeatMapSpec"/> as SVG. Each cell shows its text too, so no reader depends on the shade. The same map always gives the same text.
/// </summary>
internal static class SvgHeatMap
{
    /// <summary>Draws a map as an SVG document of its own.</summary>
    /// <param name="map">The map.</param>
    /// <exception cref="ArgumentException">The values do not fit the rows and columns, or the limits do not span a range.</exception>
    public static string Render(HeatMapSpec map)
    {
        Check(map);
        return new HeatMapDrawing(map, "map").Document();
    }

    /// <summary>Draws a map as an element of an HTML page that holds <see cref="ChartStyle.Sheet"/>.</summary>
    /// <param name="map">The map.</param>
    /// <param name="id">What the ids inside the drawing begin with; once per page.</param>
    internal static string RenderInline(HeatMapSpec map, string id)
    {
        Check(map);
        return new HeatMapDrawing(map, id).Element();
    }

    private static void Check(HeatMapSpec map)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (!(map.Maximum > map.Minimum))
            throw new ArgumentException($"heat map '{map.Title}': shades run from {map.Minimum} to {map.Maximum}");
        if (!Fits(map.Values) || !Fits(map.Texts))
            throw new ArgumentException(
                $"heat map '{map.Title}': values and texts must be {map.Rows.Count} rows of {map.Columns.Count}"
            );

        bool Fits<T>(IReadOnlyList<IReadOnlyList<T>> table) =>
            table.Count == map.Rows.Count && table.All(row => row.Count == map.Columns.Count);
    }
}
