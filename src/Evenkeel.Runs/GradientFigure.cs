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
    public static FigureSpec? Of(MetricsCourses courses)
    {
        ChartSpec[] charts =
        [
            .. Charts(courses, RunLog.Gradient, "Gradient", Gradient()),
            .. Charts(courses, RunLog.Saturated, "Saturated values", Share()),
        ];
        return charts.Length == 0
            ? null
            : new FigureSpec
            {
                Title = "Gradients and saturated values",
                Caption =
                    "On the first validation examples, with their own batch statistics. Gradient: norm of the gradient of the loss by a layer's weights "
                    + "and biases. Saturated: part of an activation's values within 0.05 of a bound of sigmoid or tanh, or at a bound of another. "
                    + $"Layers are in the order of the network; of more than {MaxLines} some are drawn over the steps."
                    + StepChart.Bands(charts),
                Charts = charts,
            };
    }

    private static ChartSpec[] Charts(MetricsCourses courses, string prefix, string title, AxisSpec y)
    {
        (string Name, BoundedSeries Course)[] layers =
        [
            .. courses
                .Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(name => (name[prefix.Length..], courses.Find(name)!)),
        ];
        ChartSpec? overSteps = StepChart.Of(
            $"{title} over training",
            y,
            Spread(layers).Select(layer => StepChart.Line(layer.Name, layer.Course))
        );
        if (overSteps is null)
            return [];
        var byLayer = new ChartSpec
        {
            Title = $"{title} by layer",
            X = new AxisSpec { Label = "layer" },
            Y = y,
            Series =
            [
                .. Spread([.. layers[0].Course.Points])
                    .Select(point => new SeriesSpec
                    {
                        Name = string.Create(CultureInfo.InvariantCulture, $"step {point.Step:N0}"),
                        X = [.. layers.Select((_, i) => i + 1.0)],
                        Y = [.. layers.Select(layer => layer.Course.At(point.Step))],
                    }),
            ],
        };
        return [overSteps, byLayer];
    }

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
