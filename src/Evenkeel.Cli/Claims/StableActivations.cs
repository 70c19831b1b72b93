using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Cli.Experiments;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>Figure 1: percentiles of the input to a typical sigmoid over training.</summary>
internal sealed class StableActivations() : Claim(21)
{
    public override string Statement => "The distribution of a layer's input is more stable with batch normalisation.";

    public override string Source => "Figure 1(b, c)";

    public override string Rule =>
        "Drift is the range of the median of a typical unit's input over training, in widths of its distribution. Holds if it is at least halved for every "
        + "seed; holds in part if it is smaller for most.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        DatasetSplit binary = data.In(PixelEncoding.Binary);
        long steps = setting.Of(2_000L, 20_000L);
        Row[] rows = setting.Each(setting.Seeds, seed => $"seed {seed}", seed => Run(binary, seed, steps, setting));
        int halved = rows.Count(r => r.Normalized <= r.Plain / 2),
            smaller = rows.Count(r => r.Normalized < r.Plain);
        return new Finding(
            halved == rows.Length ? Verdict.Holds
                : 2 * smaller > rows.Length ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"The median drifts by {Spread.Of(rows.Select(r => r.Plain)).Number("F2")} widths of its distribution without batch normalisation and by "
                + $"{Spread.Of(rows.Select(r => r.Normalized)).Number("F2")} with it."
        )
        {
            Scale =
                $"Section 4.1's networks, rate 0.5, {steps:N0} steps of 60 examples; {data.Name}, binary; {rows.Length} seeds; {MnistExperimentOptions.ProbeSize:N0} "
                + "test examples are followed.",
            Figures = [rows[0].Figure],
            Tables =
            [
                Table(
                    "Drift of the median, in widths of the distribution",
                    ["Seed", "Without BN", "With BN"],
                    rows.Select(r =>
                        (IReadOnlyList<string>)[Text(r.Seed), Text(r.Plain, "F2"), Text(r.Normalized, "F2")]
                    )
                ),
            ],
        };
    }

    private static Row Run(DatasetSplit data, ulong seed, long steps, ClaimSetting setting)
    {
        var options = new MnistExperimentOptions(steps, 0.5, seed, 1, Math.Max(50, steps / 40));
        using var experiment = new MnistExperiment(data, options);
        experiment.Run((_, _) => { }, setting.Cancellation);
        return new Row(
            seed,
            experiment.Baseline.Drift[1].Relative,
            experiment.Normalized.Drift[1].Relative,
            MnistReport.Figure1(experiment)
        );
    }

    private sealed record Row(ulong Seed, double Plain, double Normalized, Reporting.FigureSpec Figure);
}
