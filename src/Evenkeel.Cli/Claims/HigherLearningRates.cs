using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Layers;
using Evenkeel.Reporting;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>Learning rates up to those at which each network fails.</summary>
internal sealed class HigherLearningRates() : Claim(10)
{
    // Chance is 10 %; what ends below this has not learned, or has lost what it knew.
    private const double Learned = 0.5;

    private static readonly double[] Rates = [0.1, 0.3, 1, 3, 10, 30, 100];

    public override string Statement =>
        "Batch normalisation allows higher learning rates; without it training fails there.";

    public override string Source => "abstract; sections 1 and 3.3";

    public override string Rule =>
        "A rate works if the mean accuracy at the end is above 50 %. Holds if, with sigmoids and with rectifiers, batch normalisation works at three times "
        + "the highest rate that works without, or more; holds in part if with one of them.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        long steps = setting.Of(400L, 5_000L);
        (string Name, Graph Network)[] networks =
        [
            ("sigmoids, without BN", Dense(new Sigmoid(), ClaimNetworks.Plain)),
            ("sigmoids, with BN", Dense(new Sigmoid(), ClaimNetworks.BatchNorm)),
            ("rectifiers, without BN", Dense(new Relu(), ClaimNetworks.Plain)),
            ("rectifiers, with BN", Dense(new Relu(), ClaimNetworks.BatchNorm)),
        ];
        TrialPlan[] plans =
        [
            .. from n in networks
            from rate in Rates
            select new TrialPlan($"{n.Name}, rate {Text(rate)}", n.Network, TrialPlan.AtRate(rate), steps),
        ];
        Spread[][] accuracy =
        [
            .. setting
                .Train(data.Split, plans, trial => trial.LastAccuracy)
                .Select(a => Spread.Of(a))
                .Chunk(Rates.Length),
        ];
        double[] highest = [.. accuracy.Select(Highest)];
        int higher = Enumerable.Range(0, 2).Count(i => highest[(2 * i) + 1] > 2.9 * highest[2 * i]);
        return new Finding(
            higher == 2 ? Verdict.Holds
                : higher == 1 ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"Highest rate that works: sigmoids {Text(highest[0])} without and {Text(highest[1])} with batch normalisation, rectifiers "
                + $"{Text(highest[2])} and {Text(highest[3])}."
        )
        {
            Scale =
                $"Three hidden layers of 100 units, {steps:N0} steps of 60 examples; {data.Name}; {setting.Seeds.Count} seeds.",
            Figures = [ByRate(networks, accuracy)],
            Tables = [Accuracies(networks, accuracy)],
        };
    }

    private static FigureSpec ByRate((string Name, Graph Network)[] networks, Spread[][] accuracy) =>
        Figure(
            "Accuracy by learning rate",
            LogAxis("Learning rate"),
            Axis("Test accuracy"),
            [.. networks.Select((n, i) => Line(n.Name, Rates, accuracy[i]))]
        );

    private static TableSpec Accuracies((string Name, Graph Network)[] networks, Spread[][] accuracy) =>
        Table(
            "Test accuracy at the end",
            ["Network", .. Rates.Select(r => $"rate {Text(r)}")],
            networks.Select((n, i) => (IReadOnlyList<string>)[n.Name, .. accuracy[i].Select(a => a.Percent())])
        );

    private static Graph Dense(Activation activation, Action<Network> norm) => ClaimNetworks.Dense(3, activation, norm);

    private static double Highest(Spread[] accuracy) =>
        Rates.Zip(accuracy).Where(a => a.Second.Mean > Learned).Select(a => a.First).DefaultIfEmpty(0).Max();
}
