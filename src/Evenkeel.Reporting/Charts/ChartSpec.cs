namespace Evenkeel.Reporting.Charts;

/// <summary>A line chart as data: what <see cref="SvgChart"/> draws, and what is stored to draw it again.</summary>
public sealed record ChartSpec
{
    /// <summary>The title above the chart.</summary>
    public required string Title { get; init; }

    /// <summary>For readers who do not see the chart; made from the data if empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>The x axis.</summary>
    public AxisSpec X { get; init; } = new();

    /// <summary>The y axis.</summary>
    public AxisSpec Y { get; init; } = new();

    /// <summary>The lines.</summary>
    public required IReadOnlyList<SeriesSpec> Series { get; init; }

    /// <summary>Marker lines.</summary>
    public IReadOnlyList<MarkerSpec> Markers { get; init; } = [];
}
