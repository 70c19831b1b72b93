using Evenkeel.Reporting.Charts;

namespace Evenkeel.Reporting;

/// <summary>Charts that belong together: side by side where there is room, else one below another.</summary>
public sealed record FigureSpec
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>What is to be seen in it; may be empty.</summary>
    public string Caption { get; init; } = "";

    /// <summary>The charts, from left to right.</summary>
    public required IReadOnlyList<ChartSpec> Charts { get; init; }

    /// <summary>Heat maps, behind the charts.</summary>
    public IReadOnlyList<HeatMapSpec> HeatMaps { get; init; } = [];
}
