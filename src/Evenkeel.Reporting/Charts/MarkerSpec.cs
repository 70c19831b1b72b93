namespace Evenkeel.Reporting.Charts;

/// <summary>A thin line across the chart with a note, such as the step at which a target was reached.</summary>
/// <param name="Axis">The axis on which <paramref name="Value"/> lies.</param>
/// <param name="Value">Where; a place outside the axis is not drawn.</param>
/// <param name="Label">The note beside the line.</param>
public sealed record MarkerSpec(MarkerAxis Axis, double Value, string Label);
