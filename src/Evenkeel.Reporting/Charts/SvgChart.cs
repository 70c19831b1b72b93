namespace Evenkeel.Reporting.Charts;

/// <summary>
/// Draws a <see cref="ChartSpec"/> or a <see cref="HeatMapSpec"/> as SVG: sharp at any size, light or dark with the reader's system, described in words for those
/// who do not see it. The same chart always gives the same text.
/// </summary>
public static class SvgChart
{
    /// <summary>Draws a chart as an SVG document of its own.</summary>
    /// <param name="chart">The chart.</param>
    /// <exception cref="ArgumentException">A series is not drawable: unequal lengths, or x going back.</exception>
    public static string Render(ChartSpec chart)
    {
        ChartCheck.Run(chart);
        return new SvgDrawing(chart, "chart").Document();
    }

    /// <summary>Draws a heat map as an SVG document of its own.</summary>
    /// <param name="map">The map.</param>
    /// <exception cref="ArgumentException">The values do not fit the rows and columns, or the limits do not span a range.</exception>
    public static string Render(HeatMapSpec map) => SvgHeatMap.Render(map);

    /// <summary>Draws a chart as an element of an HTML page that holds <see cref="ChartStyle.Sheet"/>.</summary>
    /// <param name="chart">The chart.</param>
    /// <param name="id">What the ids inside the drawing begin with; once per page.</param>
    internal static string RenderInline(ChartSpec chart, string id)
    {
        ChartCheck.Run(chart);
        return new SvgDrawing(chart, id).Element();
    }
}
