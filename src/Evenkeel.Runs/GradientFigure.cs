using System.Globalization;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Runs;

/// <summary>Gradients and saturated values of a run's layers, over its steps and by layer, as far as its log has them.</summary>
internal static class GradientFigure
{
    // As many lines as there are colours.
    private const int MaxLines = 6;

    /// <summary>The figure; null where the log has no such values.</summary>
    public static FigureSpec? Of(MetricsHistory history)
    {
        ChartSpec[] charts =
        [
            .. Charts(history, RunLog.Gradient, "Gradient", Gradient()),
            .. Charts(history, RunLog.Saturated, "Saturated values", Share()),
        ];
        return charts.Length == 0
            ? null
            : new FigureSpec
            {
                Title = "Gradients and saturated values",
                Caption =
                    "On the first validation examples, with their own batch statistics. Gradient: norm of the gradient of the loss by a layer's weights "
                    + "and biases. Saturated: part of an activation's values within 0.05 of a bound of sigmoid or tanh, or at a bound of another. "
                    + $"Layers are in the order of the network; of more than {MaxLines} some are drawn over the steps.",
                Charts = charts,
            };
    }

    private static IEnumerable<ChartSpec> Charts(MetricsHistory history, string prefix, string title, AxisSpec y)
    {
        string[] names = [.. history.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
        if (names.Length == 0)
            yield break;
        yield return new ChartSpec
        {
            Title = $"{title} over training",
            X = new AxisSpec { Label = "training step" },
            Y = y,
            Series = [.. Spread(names).Select(name => OverSteps(history, name, name[prefix.Length..]))],
        };
        MetricsRow[] rows = [.. history.RowsWith(names[0]).Where(row => names.All(row.Values.ContainsKey))];
        yield return new ChartSpec
        {
            Title = $"{title} by layer",
            X = new AxisSpec { Label = "layer" },
            Y = y,
            Series = [.. Spread(rows).Select(row => ByLayer(row, names))],
        };
    }

    private static SeriesSpec OverSteps(MetricsHistory history, string name, string layer)
    {
        (IReadOnlyList<double> steps, IReadOnlyList<double> values) = history.Series(name);
        return new SeriesSpec
        {
            Name = layer,
            X = steps,
            Y = values,
        };
    }

    private static SeriesSpec ByLayer(MetricsRow row, string[] names) =>
        new()
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"step {row.Step:N0}"),
            X = [.. names.Select((_, i) => i + 1.0)],
            Y = [.. names.Select(name => row.Values[name])],
        };

    // The first, the last, and others at equal distances.
    private static IEnumerable<T> Spread<T>(T[] items)
    {
        int count = Math.Min(MaxLines, items.Length);
        return Enumerable
            .Range(0, count)
            .Select(i => items[(int)Math.Round((double)i * (items.Length - 1) / Math.Max(1, count - 1))]);
    }

    private static AxisSpec Gradient() => new() { Label = "norm of the gradient", Scale = AxisScale.Logarithmic };

    private static AxisSpec Share() =>
        new()
        {
            Label = "saturated part",
            Minimum = 0,
            Maximum = 1,
        };
}
