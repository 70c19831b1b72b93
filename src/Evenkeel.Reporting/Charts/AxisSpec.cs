namespace Evenkeel.Reporting.Charts;

/// <summary>An axis of a chart.</summary>
public sealed record AxisSpec
{
    /// <summary>What is measured along the axis, with its unit.</summary>
    public string Label { get; init; } = "";

    /// <summary>How values are laid out.</summary>
    public AxisScale Scale { get; init; } = AxisScale.Linear;

    /// <summary>Where the axis begins; from the data if null. Give two charts the same limits to compare them.</summary>
    public double? Minimum { get; init; }

    /// <summary>Where the axis ends; from the data if null.</summary>
    public double? Maximum { get; init; }
}
