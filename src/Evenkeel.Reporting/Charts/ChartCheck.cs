namespace Evenkeel.Reporting.Charts;

/// <summary>What a chart must hold before it is drawn.</summary>
internal static class ChartCheck
{
    /// <summary>Throws one clear line if the chart cannot be drawn as it is.</summary>
    public static void Run(ChartSpec chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        Run(chart, "x", chart.X);
        Run(chart, "y", chart.Y);
        foreach (SeriesSpec series in chart.Series)
            Run(chart, series);
    }

    private static void Run(ChartSpec chart, string name, AxisSpec axis)
    {
        foreach (double? limit in new[] { axis.Minimum, axis.Maximum })
        {
            if (limit is { } value && !Axis.Has(axis.Scale, value))
                throw new ArgumentException($"chart '{chart.Title}': the {name} axis cannot end at {value}");
        }
        if (axis.Minimum >= axis.Maximum)
            throw new ArgumentException(
                $"chart '{chart.Title}': the {name} axis runs from {axis.Minimum} to {axis.Maximum}"
            );
    }

    private static void Run(ChartSpec chart, SeriesSpec series)
    {
        string where = $"chart '{chart.Title}', series '{series.Name}'";
        if (series.Y.Count != series.X.Count)
            throw new ArgumentException($"{where}: {series.X.Count} x for {series.Y.Count} y");
        if ((series.Lower is null) != (series.Upper is null))
            throw new ArgumentException($"{where}: a band needs both Lower and Upper");
        if (series.Lower is { } lower && (lower.Count != series.X.Count || series.Upper!.Count != series.X.Count))
            throw new ArgumentException(
                $"{where}: {series.X.Count} x for {lower.Count} lower and {series.Upper!.Count} upper"
            );
        for (int i = 0; i < series.X.Count; i++)
        {
            if (!double.IsFinite(series.X[i]) || (i > 0 && series.X[i] < series.X[i - 1]))
                throw new ArgumentException($"{where}: x[{i}] is {series.X[i]}; x must be finite and never go back");
        }
    }
}
