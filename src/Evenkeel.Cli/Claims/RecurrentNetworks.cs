using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Cli.Experiments.Recurrent;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>A long short-term memory that reads images row by row, as of <c>reproduce rnn</c>.</summary>
internal sealed class RecurrentNetworks() : Claim(6)
{
    public override string Statement =>
        "Batch normalisation promises faster training and sound gradients in recurrent networks.";

    public override string Source => "section 5, left open by the paper";

    public override string Rule =>
        "Holds if, for every seed, the network with gamma 0.1 reaches the best accuracy of the plain one in fewer steps; holds in part if for some.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        var options = new RnnOptions(
            PixelOrder.Rows,
            setting.Of(30, 100),
            setting.Of(300L, 2_000L),
            setting.Of(0.004, 0.001),
            setting.Seed,
            1
        );
        Result[] results = setting.Each(
            setting.Seeds,
            seed => $"seed {seed}",
            seed => Run(data, options with { Seed = seed }, setting)
        );
        int sooner = results.Count(r => r.Reached < r.PlainStep);
        return new Finding(
            sooner == results.Length ? Verdict.Holds
                : sooner > 0 ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"With gamma 0.1 the network reaches the plain network's best accuracy sooner for {sooner} of {results.Length} seeds. Before training, the "
                + $"gradient at the first time step is {Text(results.Average(r => r.PlainGradient))} of that at the last without batch normalisation, "
                + $"{Text(results.Average(r => r.SmallGradient))} with gamma 0.1 and {Text(results.Average(r => r.FullGradient))} with gamma 1."
        )
        {
            Scale =
                $"LSTM with {options.Units} units on 28 rows of 28 pixels, {options.Steps:N0} steps of {RnnOptions.BatchSize} examples with Adam; "
                + $"{data.Name}; {results.Length} seeds.",
            Figures = [results[0].Figure],
            Tables =
            [
                Table(
                    "Best test accuracy, and steps to the plain network's best",
                    ["Seed", "LSTM", "at step", "gamma 0.1", "reaches LSTM's best at", "gamma 1"],
                    results.Select(r => r.Row)
                ),
            ],
        };
    }

    private static Result Run(InMemorySplit data, RnnOptions options, ClaimSetting setting)
    {
        using var experiment = new RnnExperiment(data.Split, options);
        experiment.Run((_, _) => { }, setting.Cancellation);
        return new Result(experiment);
    }

    private sealed class Result(RnnExperiment e)
    {
        public long PlainStep { get; } = e.Baseline.BestStep;

        public long? Reached { get; } = e.Normalized.FirstReached(e.Baseline.BestAccuracy);

        public double PlainGradient { get; } = RnnReport.Reaching(e.Baseline.GradientsBefore);

        public double SmallGradient { get; } = RnnReport.Reaching(e.Normalized.GradientsBefore);

        public double FullGradient { get; } = RnnReport.Reaching(e.Full.GradientsBefore);

        public Reporting.FigureSpec Figure { get; } = RnnReport.Figure(e);

        public IReadOnlyList<string> Row { get; } =
        [
            Text(e.Options.Seed),
            Percent(e.Baseline.BestAccuracy),
            Text(e.Baseline.BestStep, "N0"),
            Percent(e.Normalized.BestAccuracy),
            e.Normalized.FirstReached(e.Baseline.BestAccuracy) is { } step ? Text(step, "N0") : "never",
            Percent(e.Full.BestAccuracy),
        ];
    }
}
