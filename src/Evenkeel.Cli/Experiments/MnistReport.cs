using System.Globalization;
using Evenkeel.Diagnostics;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Cli.Experiments;

/// <summary>Figure 1 of the paper from a finished experiment, with the numbers beside it.</summary>
internal static class MnistReport
{
    public static ReportSpec Of(MnistExperiment experiment, string command, string provenance)
    {
        NetworkRun baseline = experiment.Baseline,
            normalized = experiment.Normalized;
        return new ReportSpec
        {
            Title = "Batch normalisation on handwritten digits",
            Summary =
            [
                Summary(experiment),
                Method(experiment),
                .. experiment.HasEnded
                    ? []
                    : (string[])["The experiment was stopped; the report shows the results so far."],
            ],
            KeyFigures =
            [
                new(
                    "Best test accuracy with BN",
                    Percent(normalized.BestAccuracy),
                    $"at step {Count(normalized.BestStep)}"
                ),
                new(
                    "Best test accuracy without BN",
                    Percent(baseline.BestAccuracy),
                    $"at step {Count(baseline.BestStep)}"
                ),
                new(
                    "Steps to the baseline's best",
                    Reached(experiment),
                    $"the baseline took {Count(baseline.BestStep)}"
                ),
                new(
                    "Median drift, BN over baseline",
                    DriftRatio(experiment),
                    "50th percentile, in widths of the distribution"
                ),
            ],
            Figures = [Figure1(experiment)],
            Tables = [Accuracies(experiment), Drifts(experiment)],
            Configuration = Configuration(experiment),
            Command = command,
            Provenance = provenance,
        };
    }

    public static string Percent(double share) => share.ToString("P2", CultureInfo.InvariantCulture);

    public static string Count(long? steps) => steps?.ToString("N0", CultureInfo.InvariantCulture) ?? "never";

    public static string Reached(MnistExperiment experiment) =>
        Count(experiment.Normalized.FirstReached(experiment.Baseline.BestAccuracy));

    /// <summary>The three panels of Figure 1.</summary>
    public static FigureSpec Figure1(MnistExperiment experiment)
    {
        (double low, double high) = PercentileLimits(experiment);
        return new FigureSpec
        {
            Title = "Figure 1",
            Caption =
                "(a) Test accuracy with and without batch normalisation. (b, c) The 15th, 50th and 85th percentile of the input to "
                + "a typical sigmoid of the last hidden layer over training, on the same scale.",
            Charts =
            [
                Accuracy(experiment),
                Percentiles(experiment.Baseline, "(b) Without BN", low, high),
                Percentiles(experiment.Normalized, "(c) With BN", low, high),
            ],
        };
    }

    private static string Summary(MnistExperiment experiment)
    {
        NetworkRun baseline = experiment.Baseline,
            normalized = experiment.Normalized;
        if (baseline.Diverged is not null || normalized.Diverged is not null)
            return $"Training ended early: {baseline.Diverged ?? normalized.Diverged}";
        long? reached = normalized.FirstReached(baseline.BestAccuracy);
        string race = reached is { } step
            ? $"It reaches the baseline's best accuracy after {Count(step)} steps, where the baseline took {Count(baseline.BestStep)}."
            : "It does not reach the baseline's best accuracy in these steps.";
        return $"With batch normalisation the best test accuracy is {Percent(normalized.BestAccuracy)}, "
            + $"without it {Percent(baseline.BestAccuracy)}. {race}";
    }

    private static string Method(MnistExperiment e) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Section 4.1 of Ioffe & Szegedy (2015): binary 28x28 images, three hidden layers of 100 sigmoids, {e.Options.Steps:N0} steps of {MnistExperimentOptions.BatchSize} examples. Both networks start from the same Gaussian weights (deviation {MnistExperimentOptions.WeightDeviation}), see the same batches and use plain gradient descent at rate {e.Options.LearningRate:g}. Data: {e.DataName}."
        );

    private static ChartSpec Accuracy(MnistExperiment experiment) =>
        new()
        {
            Title = "(a) Test accuracy",
            X = new AxisSpec { Label = "Training steps" },
            Y = new AxisSpec
            {
                Label = "Test accuracy",
                Minimum = 0.7,
                Maximum = 1,
            },
            Series =
            [
                experiment.Normalized.Curve("With BN", LineStyle.Solid, 0),
                experiment.Baseline.Curve("Without BN", LineStyle.Dashed, 1),
            ],
        };

    private static ChartSpec Percentiles(NetworkRun run, string title, double low, double high)
    {
        PercentileHistory history = run.Percentiles;
        int unit = run.TypicalUnit;
        double[] steps = [.. history.Steps.Select(s => (double)s)];
        return new ChartSpec
        {
            Title = title,
            X = new AxisSpec { Label = "Training steps" },
            Y = new AxisSpec
            {
                Label = "Input to the sigmoid",
                Minimum = low,
                Maximum = high,
            },
            Series =
            [
                new SeriesSpec
                {
                    Name = "Median",
                    X = steps,
                    Y = history.Curve(unit, 1),
                    Lower = history.Curve(unit, 0),
                    Upper = history.Curve(unit, 2),
                    BandName = "15th to 85th percentile",
                    Colour = run.BatchNorm ? 0 : 1,
                },
            ],
        };
    }

    private static (double Low, double High) PercentileLimits(MnistExperiment experiment)
    {
        double[] all =
        [
            .. experiment.Runs.SelectMany(run =>
            {
                int unit = run.TypicalUnit;
                return run.Percentiles.Curve(unit, 0).Concat(run.Percentiles.Curve(unit, 2));
            }),
        ];
        return (Math.Floor(all.Min()), Math.Ceiling(all.Max()));
    }

    private static string DriftRatio(MnistExperiment experiment)
    {
        double ratio = Median(experiment.Normalized).Relative / Median(experiment.Baseline).Relative;
        return ratio.ToString("F2", CultureInfo.InvariantCulture);
    }

    private static PercentileDrift Median(NetworkRun run) => run.Drift[1];

    private static TableSpec Accuracies(MnistExperiment experiment) =>
        new()
        {
            Title = "Accuracy",
            Columns = ["Network", "Best", "At step", "Last", "Baseline's best reached at", "Seconds of training"],
            Rows =
            [
                .. experiment.Runs.Select(run =>
                    (IReadOnlyList<string>)
                        [
                            run.Name,
                            Percent(run.BestAccuracy),
                            Count(run.BestStep),
                            Percent(run.LastAccuracy),
                            Count(run.FirstReached(experiment.Baseline.BestAccuracy)),
                            run.TrainingSeconds.ToString("F1", CultureInfo.InvariantCulture),
                        ]
                ),
                .. FrozenRow(experiment),
            ],
        };

    private static IEnumerable<IReadOnlyList<string>> FrozenRow(MnistExperiment experiment)
    {
        if (experiment.Frozen is { } frozen)
            yield return ["with BN, population statistics folded in", "-", "-", Percent(frozen.Accuracy), "-", "-"];
    }

    private static TableSpec Drifts(MnistExperiment experiment) =>
        new()
        {
            Title = "Drift of the input to a typical sigmoid over training",
            Columns = ["Network", "Percentile", "Range", "Range in widths of the distribution"],
            Rows =
            [
                .. experiment.Runs.SelectMany(run =>
                    run.Drift.Select(drift =>
                        (IReadOnlyList<string>)
                            [
                                run.Name,
                                drift.Percentile.ToString("F0", CultureInfo.InvariantCulture),
                                drift.Range.ToString("F2", CultureInfo.InvariantCulture),
                                drift.Relative.ToString("F2", CultureInfo.InvariantCulture),
                            ]
                    )
                ),
            ],
        };

    private static string Configuration(MnistExperiment e) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            data             {e.DataName}
            steps            {e.Options.Steps}
            batch size       {MnistExperimentOptions.BatchSize}
            learning rate    {e.Options.LearningRate}
            optimiser        plain gradient descent
            initial weights  normal, deviation {MnistExperimentOptions.WeightDeviation}
            seed             {e.Options.Seed}
            convention       {BatchNormConvention.Default}
            probe            first {MnistExperimentOptions.ProbeSize} test examples, statistics of the probe itself
            evaluated every  {e.Options.EvaluateEvery} steps, with running statistics
            """
        );
}
