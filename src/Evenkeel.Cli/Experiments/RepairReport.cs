using System.Globalization;
using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Runs;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Experiments;

/// <summary>What damage costs and what repair gives back, as picture, table and JSON.</summary>
internal static class RepairReport
{
    /// <summary>The pictures, with the names of their files.</summary>
    public static IReadOnlyList<(string File, ChartSpec Chart)> Charts(RepairExperiment experiment) =>
        [
            (
                "contrast.svg",
                Chart(
                    "Images of less contrast",
                    "Contrast (training: 1)",
                    AxisScale.Linear,
                    experiment.ByContrast.Reverse()
                )
            ),
            (
                "batches.svg",
                Chart("Statistics from small batches", "Examples per batch", AxisScale.Logarithmic, experiment.ByBatch)
            ),
        ];

    /// <summary>A row per mistake, the header first.</summary>
    public static IReadOnlyList<string[]> Rows(RepairExperiment experiment) =>
        [
            ["what happened", "accuracy", "diagnosis", "accuracy after recalibration"],
            .. experiment.Damages.Select(d =>
                (string[])
                    [d.Name, MnistReport.Percent(d.Before), d.Diagnosis.Cause.ToString(), MnistReport.Percent(d.After)]
            ),
        ];

    /// <summary>Writes the report, its pictures and the results.</summary>
    public static void Save(RepairExperiment experiment, string folder, Saving saving) =>
        ExperimentFolder.Save(
            folder,
            Of(experiment, ToolCommand.OfThisProcess(), Provenance.Describe()),
            Charts(experiment),
            writer => WriteJson(writer, experiment, ExperimentFolder.ReportIn(folder)),
            saving
        );

    /// <summary>The numbers as JSON fields.</summary>
    public static void WriteJson(Utf8JsonWriter writer, RepairExperiment experiment, string report)
    {
        writer.WriteString("experiment", "repair");
        writer.WriteString("data", experiment.DataName);
        writer.WriteNumber("steps", experiment.Steps);
        writer.WriteNumber("seed", experiment.Seed);
        WritePoints(writer, "byContrast", experiment.ByContrast);
        WritePoints(writer, "byBatch", experiment.ByBatch);
        foreach (RepairedDamage damage in writer.Objects("damages", experiment.Damages))
        {
            writer.WriteString("damage", damage.Name);
            writer.WriteString("cause", damage.Diagnosis.Cause.ToString());
            writer.WriteString("remedy", damage.Diagnosis.Remedy);
            writer.WriteNumber("accuracyBefore", damage.Before);
            writer.WriteNumber("accuracyAfter", damage.After);
        }

        writer.WriteString("report", report);
    }

    private static void WritePoints(Utf8JsonWriter writer, string name, IReadOnlyList<RepairPoint> points)
    {
        foreach (RepairPoint point in writer.Objects(name, points))
        {
            writer.WriteNumber("at", point.At);
            writer.WriteNumber("accuracyBefore", point.Before);
            writer.WriteNumber("accuracyAfter", point.After);
        }
    }

    private static ReportSpec Of(RepairExperiment experiment, string command, string provenance) =>
        new()
        {
            Title = "Accurate in training, inaccurate in use, repaired",
            Summary =
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The batch-normalised network of section 4.1, trained for {experiment.Steps:N0} steps. Then its data or its statistics change. It is repaired by measuring its statistics again on unlabelled data like the test data. Its weights never change. Data: {experiment.DataName}."
                ),
            ],
            Figures =
            [
                new FigureSpec
                {
                    Title = "Before and after",
                    Caption =
                        "Left: images with less contrast than the training images. Right: the last 200 updates of the "
                        + "statistics came from batches of this size, at update rate 0.1.",
                    Charts = [.. Charts(experiment).Select(c => c.Chart)],
                },
            ],
            Tables =
            [
                new TableSpec
                {
                    Title = "Mistakes",
                    Columns = Rows(experiment)[0],
                    Rows = [.. Rows(experiment).Skip(1)],
                },
            ],
            Command = command,
            Provenance = provenance,
        };

    private static ChartSpec Chart(string title, string label, AxisScale scale, IEnumerable<RepairPoint> points)
    {
        RepairPoint[] along = [.. points];
        return new ChartSpec
        {
            Title = title,
            X = new AxisSpec { Label = label, Scale = scale },
            Y = new AxisSpec { Label = "Test accuracy", Maximum = 1 },
            Series =
            [
                Line("statistics as stored", LineStyle.Dashed, along, p => p.Before),
                Line("measured again", LineStyle.Solid, along, p => p.After),
            ],
        };
    }

    private static SeriesSpec Line(
        string name,
        LineStyle style,
        RepairPoint[] points,
        Func<RepairPoint, double> value
    ) =>
        new()
        {
            Name = name,
            X = [.. points.Select(p => p.At)],
            Y = [.. points.Select(value)],
            Style = style,
        };
}
