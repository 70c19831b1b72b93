using Evenkeel.Reporting.Charts;
using Evenkeel.Reporting.Metrics;
using Evenkeel.Runs;
using Evenkeel.Watch.Following;

namespace Evenkeel.Watch.Pages;

/// <summary>What is recorded of one layer over training, as charts.</summary>
internal static class LayerCharts
{
    /// <summary>Percentiles of an activation's input, or running statistics of a batch normalisation.</summary>
    public static IEnumerable<ChartSpec> Of(FollowedRun run, string layer) =>
        ((ChartSpec?[])[Input(run, layer), Means(run, layer), Variances(run, layer)]).OfType<ChartSpec>();

    private static ChartSpec? Input(FollowedRun run, string layer) =>
        StepChart.Of(
            $"Input of {layer}",
            new AxisSpec { Label = "percentiles of the middle unit" },
            LayerValue
                .Percentiles.Reverse()
                .Select((percentile, i) => (percentile, i, run.Layers.Find(layer, LayerValue.OfPercentile(percentile))))
                .Where(p => p.Item3 is not null)
                .Select(p => StepChart.Line($"{p.percentile}th", p.Item3!, p.i))
        );

    private static ChartSpec? Means(FollowedRun run, string layer) =>
        Statistics(
            run,
            layer,
            "Running mean",
            (LayerValue.Mean, LayerValue.LowestMean, LayerValue.HighestMean),
            AxisScale.Linear
        );

    private static ChartSpec? Variances(FollowedRun run, string layer) =>
        Statistics(
            run,
            layer,
            "Running variance",
            (LayerValue.Variance, LayerValue.LowestVariance, LayerValue.HighestVariance),
            AxisScale.Logarithmic
        );

    private static ChartSpec? Statistics(
        FollowedRun run,
        string layer,
        string title,
        (string Middle, string Low, string High) values,
        AxisScale scale
    ) =>
        run.Layers.Find(layer, values.Middle) is { } middle
        && run.Layers.Find(layer, values.Low) is { } low
        && run.Layers.Find(layer, values.High) is { } high
            ? StepChart.Of(
                $"{title} of {layer}",
                new AxisSpec { Label = "over the channels", Scale = scale },
                [Lines.Between("mean", "lowest to highest", middle, low, high, 0)]
            )
            : null;
}
