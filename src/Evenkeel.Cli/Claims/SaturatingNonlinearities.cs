using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Diagnostics;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Reporting;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>Deeper and deeper networks of sigmoids.</summary>
internal sealed class SaturatingNonlinearities() : Claim(11)
{
    // A sigmoid whose input is beyond is within 0.05 of its bounds.
    private const double Saturated = 3;

    private const int ProbeSize = 500;

    private static readonly int[] Depths = [1, 2, 4, 8];
    private static readonly double[] Percentiles = [.. Enumerable.Range(1, 99).Select(p => (double)p)];

    public override string Statement =>
        "Batch normalisation makes deep networks of saturating nonlinearities trainable, which stay at chance without it.";

    public override string Source => "abstract; section 4.2.2 (69.8 % against chance)";

    public override string Rule =>
        "Holds if at the greatest depth the network without batch normalisation ends below 20 % and that with it above 80 %; holds in part if that with it is "
        + "clearly better.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        long steps = setting.Of(600L, 10_000L);
        var probe = (IDataset)data.Test.Take(Math.Min(ProbeSize, data.Test.Count));
        TrialPlan[] plans =
        [
            .. from norm in (bool[])[false, true] from depth in Depths select Plan(norm, depth, steps),
        ];
        IReadOnlyList<Result[]> results = setting.Train(data.Split, plans, trial => Read(trial, probe));
        Spread[] accuracy = [.. results.Select(r => Spread.Of(r.Select(s => s.Accuracy)))],
            saturated = [.. results.Select(r => Spread.Of(r.Select(s => s.Saturated)))];
        Spread plain = accuracy[Depths.Length - 1],
            normalised = accuracy[^1];
        return new Finding(
            plain.Mean < 0.2 && normalised.Mean > 0.8 ? Verdict.Holds
                : normalised.IsAbove(plain) ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"With {Depths[^1]} hidden layers of sigmoids the network reaches {plain.Percent()} without and {normalised.Percent()} with batch "
                + "normalisation."
        )
        {
            Scale =
                $"Hidden layers of 100 sigmoids, rate 0.5, {steps:N0} steps of 60 examples; {data.Name}; {setting.Seeds.Count} seeds.",
            Figures =
            [
                Figure(
                    "Accuracy by depth",
                    Axis("Hidden layers"),
                    Axis("Test accuracy"),
                    Line("without BN", Depths.Select(d => (double)d), accuracy.Take(Depths.Length)),
                    Line("with BN", Depths.Select(d => (double)d), accuracy.Skip(Depths.Length))
                ),
            ],
            Tables = [AtTheEnd(accuracy, saturated)],
        };
    }

    private static TableSpec AtTheEnd(Spread[] accuracy, Spread[] saturated) =>
        Table(
            "At the end",
            ["Network", "Hidden layers", "Test accuracy", "Saturated in the last hidden layer"],
            accuracy.Select(
                (a, i) =>
                    (IReadOnlyList<string>)
                        [
                            i < Depths.Length ? "without BN" : "with BN",
                            Text(Depths[i % Depths.Length]),
                            a.Percent(),
                            saturated[i].Percent(),
                        ]
            )
        );

    private static TrialPlan Plan(bool norm, int depth, long steps) =>
        new(
            $"{depth} layers {(norm ? "with" : "without")} BN",
            ClaimNetworks.Dense(depth, new Sigmoid(), norm ? ClaimNetworks.BatchNorm : ClaimNetworks.Plain),
            TrialPlan.AtRate(0.5),
            steps
        );

    private static Result Read(Trial trial, IDataset examples)
    {
        Node last = trial.Model.Graph.Nodes.Last(n => n.Layer is Sigmoid);
        using var probe = new PercentileProbe(trial.Model, examples, last.Inputs[0], Percentiles, trial.Device);
        float[] values = new float[probe.Units * Percentiles.Length];
        probe.Run(values);
        return new Result(trial.LastAccuracy, (double)values.Count(v => Math.Abs(v) > Saturated) / values.Length);
    }

    private sealed record Result(double Accuracy, double Saturated);
}
