namespace Evenkeel.Reporting.Charts;

/// <summary>A line of a chart, with a band around it if <see cref="Lower"/> and <see cref="Upper"/> are given.</summary>
public sealed record SeriesSpec
{
    /// <summary>The name in the legend.</summary>
    public required string Name { get; init; }

    /// <summary>Positions along the x axis: finite, never going back.</summary>
    public required IReadOnlyList<double> X { get; init; }

    /// <summary>The values, one per value of <see cref="X"/>. What is not finite is a gap in the line.</summary>
    public required IReadOnlyList<double> Y { get; init; }

    /// <summary>The band's lower edge, one value per value of <see cref="X"/>; null for no band.</summary>
    public IReadOnlyList<double>? Lower { get; init; }

    /// <summary>The band's upper edge, one value per value of <see cref="X"/>; null for no band.</summary>
    public IReadOnlyList<double>? Upper { get; init; }

    /// <summary>The band's name in the legend, such as "15th to 85th percentile"; no entry if empty.</summary>
    public string BandName { get; init; } = "";

    /// <summary>How the line is drawn.</summary>
    public LineStyle Style { get; init; } = LineStyle.Solid;

    /// <summary>The place in the palette of six, from 0; the series' own place in the chart if null.</summary>
    public int? Colour { get; init; }
}
