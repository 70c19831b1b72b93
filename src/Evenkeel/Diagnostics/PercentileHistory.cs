namespace Evenkeel.Diagnostics;

/// <summary>How far one percentile of a unit moved over training.</summary>
/// <param name="Percentile">For example 15.</param>
/// <param name="Range">Largest minus smallest value over training, in the unit's own scale.</param>
/// <param name="Relative">
/// Range over the mean distance between the unit's lowest and highest percentile: how many widths of its own distribution it moved.
/// </param>
public readonly record struct PercentileDrift(double Percentile, double Range, double Relative);

/// <summary>Percentiles of a layer's units at a series of steps, and how much they drift.</summary>
/// <param name="units">Units of the layer.</param>
/// <param name="percentiles">Percentiles, ascending.</param>
public sealed class PercentileHistory(int units, IReadOnlyList<double> percentiles)
{
    private readonly List<long> _steps = [];
    private readonly List<float[]> _rows = [];

    /// <summary>Steps at which the layer was measured.</summary>
    public IReadOnlyList<long> Steps => _steps;

    /// <summary>The percentiles.</summary>
    public IReadOnlyList<double> Percentiles => percentiles;

    /// <summary>Appends a measurement of [units, percentiles].</summary>
    public void Add(long step, ReadOnlySpan<float> values)
    {
        _steps.Add(step);
        _rows.Add(values.ToArray());
    }

    /// <summary>The course of one unit's percentile.</summary>
    public double[] Curve(int unit, int percentile) =>
        [.. _rows.Select(row => (double)row[(unit * percentiles.Count) + percentile])];

    /// <summary>The drift of each percentile of one unit.</summary>
    public PercentileDrift[] Drift(int unit)
    {
        double[][] curves = [.. percentiles.Select((_, i) => Curve(unit, i))];
        double width = curves[^1].Zip(curves[0], (high, low) => high - low).Average();
        return
        [
            .. curves.Select(
                (curve, i) =>
                {
                    double range = curve.Max() - curve.Min();
                    return new PercentileDrift(
                        percentiles[i],
                        range,
                        width > 0 ? range / width : double.PositiveInfinity
                    );
                }
            ),
        ];
    }

    /// <summary>
    /// The unit whose drift, averaged over its percentiles, is the median of all units: a typical one, chosen by rule and not by eye.
    /// </summary>
    public int TypicalUnit() =>
        Enumerable
            .Range(0, units)
            .OrderBy(unit => Drift(unit).Average(d => d.Relative))
            .ThenBy(unit => unit)
            .ElementAt(units / 2);
}
