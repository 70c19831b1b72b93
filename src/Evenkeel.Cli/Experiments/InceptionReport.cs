using System.Globalization;
using System.Text.Json;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Cli.Experiments;

/// <summary>Figures 2 and 3 of the paper from finished runs.</summary>
internal static class InceptionReport
{
    /// <summary>Accuracy over steps, one line per network.</summary>
    public static ChartSpec Figure2(IReadOnlyList<InceptionRun> runs) =>
        new()
        {
            Title = "Figure 2: test accuracy, single crop",
            X = new AxisSpec { Label = "Training steps" },
            Y = new AxisSpec { Label = "Test accuracy", Minimum = 0 },
            Series =
            [
                .. runs.Select(
                    (run, i) =>
                        new SeriesSpec
                        {
                            Name = run.Recipe.Name,
                            X = [.. run.Points.Select(p => (double)p.Step)],
                            Y = [.. run.Points.Select(p => p.Result.Accuracy)],
                            Style = run.Recipe.BatchNorm ? LineStyle.Solid : LineStyle.Dashed,
                            Colour = i,
                        }
                ),
            ],
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

    public static void WriteJson(
        Utf8JsonWriter writer,
        IReadOnlyList<InceptionRun> runs,
        InceptionExperimentOptions options,
        string data,
        string report
    )
    {
        writer.WriteString("experiment", "inception");
        writer.WriteString("data", data);
        writer.WriteNumber("size", options.Size);
        writer.WriteNumber("width", options.Width);
        writer.WriteNumber("steps", options.Steps);
        writer.WriteNumber("batchSize", InceptionRecipe.BatchSize);
        writer.WriteNumber("learningRate", options.LearningRate);
        writer.WriteNumber("momentum", InceptionRecipe.Momentum);
        writer.WriteNumber("seed", options.Seed);
        writer.WriteStartArray("networks");
        foreach (InceptionRun run in runs)
            WriteRun(writer, run, runs[0].BestAccuracy);
        writer.WriteEndArray();
        writer.WriteString("report", report);
    }

    private static void WriteRun(Utf8JsonWriter writer, InceptionRun run, double baseline)
    {
        writer.WriteStartObject();
        writer.WriteString("network", run.Recipe.Name);
        writer.WriteNumber("parameters", run.Parameters);
        writer.WriteNumber("rateFactor", run.Recipe.RateFactor);
        writer.WriteBoolean("batchNorm", run.Recipe.BatchNorm);
        writer.WriteString("activation", run.Recipe.Activation.Kind);
        writer.WriteNumber("dropout", run.Recipe.Dropout);
        writer.WriteBoolean("localResponseNorm", run.Recipe.LocalResponseNorm);
        writer.WriteNumber("weightDecay", run.Recipe.WeightDecay);
        writer.WriteNumber("distortion", run.Recipe.Distortion);
        writer.WriteNumber("bestAccuracy", run.BestAccuracy);
        writer.WriteNumber("bestTopFive", run.BestTopFive);
        writer.WriteNumber("bestStep", run.BestStep);
        if (run.FirstReached(baseline) is { } step)
            writer.WriteNumber("stepReachingBaselineBest", step);
        else
            writer.WriteNull("stepReachingBaselineBest");
        if (run.DivergedAt is { } diverged)
            writer.WriteNumber("divergedAtStep", diverged);
        writer.WriteNumber("seconds", run.TrainingSeconds);
        writer.WriteStartArray("accuracy");
        foreach ((long at, Training.Evaluation result) in run.Points)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(at);
            writer.WriteNumberValue(result.Accuracy);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Percent(double share) => share.ToString("P2", CultureInfo.InvariantCulture);

    private static string Count(long? steps) => steps?.ToString("N0", CultureInfo.InvariantCulture) ?? "never";

    public static ReportSpec Of(
        IReadOnlyList<InceptionRun> runs,
        InceptionExperimentOptions options,
        string data,
        string command,
        string provenance
    )
    {
        IReadOnlyList<string[]> rows = Figure3(runs);
        return new ReportSpec
        {
            Title = "Inception with and without batch normalisation",
            Summary =
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Section 4.2 of Ioffe & Szegedy (2015) at small scale: images of {options.Size}x{options.Size}, {options.Width:0.##} of the paper's width, {options.Steps:N0} steps of {InceptionRecipe.BatchSize} examples. Data: {data}."
                ),
            ],
            Figures =
            [
                new FigureSpec
                {
                    Title = "Figure 2",
                    Caption = "Test accuracy over training steps; dashed: without batch normalisation.",
                    Charts = [Figure2(runs)],
                },
            ],
            Tables =
            [
                new TableSpec
                {
                    Title = "Figure 3",
                    Columns = rows[0],
                    Rows = [.. rows.Skip(1)],
                },
            ],
            Command = command,
            Provenance = provenance,
        };
    }
}
