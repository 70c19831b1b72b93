using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Reporting;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>Dropout, weight decay and batch normalisation together, on few examples.</summary>
internal sealed class Regularisation() : Claim(12)
{
    private const float Decay = 1e-3f;

    private static readonly float[] Rates = [0, 0.05f, 0.1f, 0.4f];

    public override string Statement =>
        "Batch normalisation regularises: dropout can be left out and weight decay made smaller.";

    public override string Source => "abstract; sections 3.4 and 4.2.1";

    public override string Rule =>
        "Holds if without dropout the gap between training and test accuracy is smaller with batch normalisation, and dropout gains nothing there that is "
        + "clear; holds in part if one of the two shows.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        int examples = setting.Of(1_000, 2_000);
        long steps = setting.Of(800L, 8_000L);
        var few = new DatasetSplit(data.Train.Take(examples), data.Test);
        (bool Norm, float Dropout, float Decay)[] grid =
        [
            .. from norm in (bool[])[false, true]
            from decay in (float[])[Decay, Decay / 5]
            from rate in Rates
            select (norm, rate, decay),
        ];
        IReadOnlyList<(double Train, double Test)[]> results = setting.Train(
            few,
            [.. grid.Select(g => Plan(g.Norm, g.Dropout, g.Decay, steps))],
            trial => (trial.OnTrainingData(examples).Accuracy, trial.LastAccuracy)
        );
        var test = grid.Zip(results).ToDictionary(r => r.First, r => Spread.Of(r.Second.Select(s => s.Test)));
        var gap = grid.Zip(results).ToDictionary(r => r.First, r => Spread.Of(r.Second.Select(s => s.Train - s.Test)));
        bool smaller = gap[(false, 0, Decay)].IsAbove(gap[(true, 0, Decay)]);
        Spread none = test[(true, 0, Decay)];
        bool needless = !Rates.Skip(1).Any(rate => test[(true, rate, Decay)].IsAbove(none));
        return new Finding(
            smaller && needless ? Verdict.Holds
                : smaller || needless ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"Without dropout the gap is {gap[(false, 0, Decay)].Percent()} without and {gap[(true, 0, Decay)].Percent()} with batch normalisation. Dropout "
                + $"of 0.4 changes the test accuracy by {Points(false)} points without and by {Points(true)} points with it."
        )
        {
            Scale =
                $"Three hidden layers of 100 rectifiers, {steps:N0} steps of 60 examples on {examples:N0} examples of {data.Name}, judged on "
                + $"{data.Test.Count:N0}; {setting.Seeds.Count} seeds.",
            Figures = [ByDropout(test)],
            Tables = [All(grid, test, gap)],
        };

        string Points(bool norm) =>
            Text(100 * (test[(norm, 0.4f, Decay)].Mean - test[(norm, 0, Decay)].Mean), "+0.0;-0.0");
    }

    private static FigureSpec ByDropout(Dictionary<(bool Norm, float Dropout, float Decay), Spread> test) =>
        Figure(
            "Test accuracy by dropout",
            Axis("Rate of dropout"),
            Axis("Test accuracy"),
            Line("without BN", Rates.Select(r => (double)r), Rates.Select(r => test[(false, r, Decay)])),
            Line("with BN", Rates.Select(r => (double)r), Rates.Select(r => test[(true, r, Decay)]))
        );

    private static TableSpec All(
        (bool Norm, float Dropout, float Decay)[] grid,
        Dictionary<(bool Norm, float Dropout, float Decay), Spread> test,
        Dictionary<(bool Norm, float Dropout, float Decay), Spread> gap
    ) =>
        Table(
            "Test accuracy and gap to the training accuracy",
            ["Network", "Weight decay", "Dropout", "Test accuracy", "Gap"],
            grid.Select(g =>
                (IReadOnlyList<string>)
                    [
                        g.Norm ? "with BN" : "without BN",
                        Text(g.Decay),
                        Text(g.Dropout),
                        test[g].Percent(),
                        gap[g].Percent(),
                    ]
            )
        );

    private static TrialPlan Plan(bool norm, float dropout, float decay, long steps) =>
        new(
            $"{(norm ? "with" : "without")} BN, dropout {Text(dropout)}, decay {Text(decay)}",
            ClaimNetworks.Dense(
                3,
                new Relu(),
                norm ? ClaimNetworks.BatchNorm : ClaimNetworks.Plain,
                new FanInNormalInitializer(Math.Sqrt(2)),
                dropout
            ),
            TrialPlan.AtRate(0.1) with
            {
                Optimizer = new Sgd { WeightDecay = decay },
            },
            steps
        );
}
