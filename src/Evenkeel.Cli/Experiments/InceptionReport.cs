using System.Globalization;
using Evenkeel.Cli.Terminal;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Runs;
using static Evenkeel.Cli.Experiments.MnistReport;

namespace Evenkeel.Cli.Experiments;

/// <summary>Figures 2, 3 and 4 of the paper from finished runs.</summary>
internal static class InceptionReport
{
    /// <summary>Accuracy over steps, one line per network.</summary>
    public static ChartSpec Figure2(IReadOnlyList<InceptionRun> runs) =>
        new()
        {
            Title = "Figure 2: test accuracy, single crop",
            X = new AxisSpec { Label = "Training steps" },
            Y = new AxisSpec { Label = "Test accuracy", Minimum = 0 },
            Series = [.. runs.Select((run, i) => run.Curve(run.Recipe.Name, Style(run.Recipe), i))],
        };

    /// <summary>Rows of figure 3: the header first.</summary>
    public static IReadOnlyList<string[]> Figure3(IReadOnlyList<InceptionRun> runs)
    {
        InceptionRun baseline = runs[0];
        string steps = $"steps to {Percent(baseline.BestAccuracy)}";
        return
        [
            ["model", "initial rate", steps, "best accuracy", "at step", "top 5", "seconds"],
            .. runs.Select(run =>
                (string[])
                    [
                        run.Recipe.Name,
                        run.Recipe.RateFactor.ToString("0.#'x'", CultureInfo.InvariantCulture),
                        Count(run.FirstReached(baseline.BestAccuracy)),
                        Percent(run.BestAccuracy) + (run.DivergedAt is { } step ? $" (diverged at step {step})" : ""),
                        Count(run.BestStep),
                        Percent(run.BestTopFive),
                        run.TrainingSeconds.ToString("F1", CultureInfo.InvariantCulture),
                    ]
            ),
        ];
    }

    /// <summary>Rows of figure 4: the header first.</summary>
    public static IReadOnlyList<string[]> Figure4(EnsembleResult result) =>
        [
            ["model", "crops", "models", "top-1 error", "top-5 error"],
            .. result.Lines.Select(line =>
                (string[])
                    [
                        line.Model,
                        Count(line.Views),
                        Count(line.Models),
                        Percent(line.TopOneError),
                        Percent(line.TopFiveError),
                    ]
            ),
        ];

    /// <summary>Writes the report, its pictures and the results.</summary>
    public static void Save(InceptionExperiment experiment, string folder, Saving saving) =>
        ExperimentFolder.Save(
            folder,
            Of(experiment, ToolCommand.OfThisProcess(), Provenance.Describe()),
            [("figure2.svg", Figure2(experiment.Runs))],
            writer => InceptionResultJson.Write(writer, experiment, ExperimentFolder.ReportIn(folder)),
            saving
        );

    private static ReportSpec Of(InceptionExperiment experiment, string command, string provenance)
    {
        InceptionExperimentOptions options = experiment.Options;
        List<TableSpec> tables = [Table("Figure 3", Figure3(experiment.Runs))];
        if (experiment.Ensemble is { } ensemble)
            tables.Add(Table($"Figure 4, on {Count(ensemble.Images)} images", Figure4(ensemble)));
        return new ReportSpec
        {
            Title = "Inception with and without batch normalisation",
            Summary =
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Section 4.2 of Ioffe & Szegedy (2015) at small scale: images of {options.Size}x{options.Size}, {options.Width:0.##} of the paper's width, {options.Steps:N0} steps of {InceptionRecipe.BatchSize} examples. Data: {experiment.DataName}."
                ),
                .. experiment.Runs.Any(run => !run.HasEnded)
                    ? (string[])["The experiment was stopped; the report shows the results so far."]
                    : [],
            ],
            Figures =
            [
                new FigureSpec
                {
                    Title = "Figure 2",
                    Caption = "Test accuracy over training steps; dashed and dotted: without batch normalisation.",
                    Charts = [Figure2(experiment.Runs)],
                },
            ],
            Tables = tables,
            Command = command,
            Provenance = provenance,
        };
    }

    private static LineStyle Style(InceptionRecipe recipe) =>
        recipe switch
        {
            { BatchNorm: true } => LineStyle.Solid,
            { Activation: Layers.Relu } => LineStyle.Dashed,
            _ => LineStyle.Dotted,
        };

    private static TableSpec Table(string title, IReadOnlyList<string[]> rows) =>
        new()
        {
            Title = title,
            Columns = rows[0],
            Rows = [.. rows.Skip(1)],
        };
}
