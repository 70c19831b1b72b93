using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>A grid of learning rates and scales of the initial weights.</summary>
internal sealed class LessCarefulSettings() : Claim(5)
{
    // Of the best accuracy of all: settings this close to it work.
    private const double Working = 0.05;

    private static readonly double[] Rates = [0.01, 0.1, 1, 10];
    private static readonly double[] Deviations = [0.001, 0.01, 0.1, 1];

    public override string Statement =>
        "Batch normalisation makes training faster and less dependent on careful settings of learning rate and initial weights.";

    public override string Source => "abstract; sections 1 and 3.3";

    public override string Rule =>
        "Holds if more settings of the grid come within 5 points of the best accuracy with batch normalisation than without, by a quarter of the grid or "
        + "more; holds in part if by fewer.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        long steps = setting.Of(400L, 5_000L);
        (bool Norm, double Rate, double Deviation)[] grid =
        [
            .. from norm in (bool[])[false, true]
            from rate in Rates
            from deviation in Deviations
            select (norm, rate, deviation),
        ];
        IReadOnlyList<double[]> results = setting.Train(
            data.Split,
            [.. grid.Select(g => Plan(g.Norm, g.Rate, g.Deviation, steps))],
            trial => trial.LastAccuracy
        );
        var accuracy = grid.Zip(results).ToDictionary(r => r.First, r => Spread.Of(r.Second));
        double best = accuracy.Values.Max(a => a.Mean);
        int plain = Count(false, best),
            normalised = Count(true, best),
            all = Rates.Length * Deviations.Length;
        return new Finding(
            normalised - plain >= all / 4 ? Verdict.Holds
                : normalised > plain ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"{normalised} of {all} settings come within 5 points of the best accuracy ({Percent(best)}) with batch normalisation, and {plain} without; "
                + $"{Count(true, Best(true))} and {Count(false, Best(false))} come as close to the best of their own kind."
        )
        {
            Scale =
                $"Three hidden layers of 100 sigmoids, {steps:N0} steps of 60 examples; {data.Name}; {setting.Seeds.Count} seeds for each setting.",
            Figures =
            [
                new FigureSpec
                {
                    Title = "Accuracy by learning rate and initial scale",
                    Charts = [],
                    HeatMaps = [Map("Without BN", false, accuracy), Map("With BN", true, accuracy)],
                },
            ],
        };

        int Count(bool norm, double than) => accuracy.Count(a => a.Key.Norm == norm && a.Value.Mean > than - Working);

        double Best(bool norm) => accuracy.Where(a => a.Key.Norm == norm).Max(a => a.Value.Mean);
    }

    private static TrialPlan Plan(bool norm, double rate, double deviation, long steps) =>
        new(
            $"rate {Text(rate)}, deviation {Text(deviation)}, {(norm ? "with BN" : "without BN")}",
            Sigmoids(norm, deviation),
            TrialPlan.AtRate(rate),
            steps
        );

    private static Graph Sigmoids(bool norm, double deviation) =>
        ClaimNetworks.Dense(
            3,
            new Sigmoid(),
            norm ? ClaimNetworks.BatchNorm : ClaimNetworks.Plain,
            new NormalInitializer(deviation)
        );

    private static HeatMapSpec Map(
        string title,
        bool norm,
        Dictionary<(bool Norm, double Rate, double Deviation), Spread> accuracy
    ) =>
        new()
        {
            Title = title,
            XLabel = "Deviation of the initial weights",
            YLabel = "Learning rate; accuracy in %",
            Columns = [.. Deviations.Select(d => Text(d))],
            Rows = [.. Rates.Select(r => Text(r))],
            Values = [.. Rates.Select(r => Deviations.Select(d => accuracy[(norm, r, d)].Mean).ToArray())],
            Texts =
            [
                .. Rates.Select(r => Deviations.Select(d => Text(100 * accuracy[(norm, r, d)].Mean, "F1")).ToArray()),
            ],
            Minimum = 0.1,
            Maximum = 1,
        };
}
