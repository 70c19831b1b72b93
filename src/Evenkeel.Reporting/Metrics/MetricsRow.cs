namespace Evenkeel.Reporting.Metrics;

/// <summary>One line of a metrics file.</summary>
/// <param name="Step">The training step.</param>
/// <param name="Values">The values by name; NaN and infinities as they were.</param>
public sealed record MetricsRow(long Step, IReadOnlyDictionary<string, double> Values);
