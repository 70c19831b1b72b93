using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Reporting.Metrics;
using Evenkeel.Runs.Scoring;
using Evenkeel.Serialization;
using static System.FormattableString;

namespace Evenkeel.Runs;

/// <summary>The page of a run, made from its record and its log alone, so that it can be made again at any time.</summary>
internal static class RunReport
{
    private const int MaxRows = 25;

    /// <summary>Writes <c>report.json</c> and <c>report.html</c>.</summary>
    /// <param name="files">The files of the run.</param>
    /// <param name="command">The command line that trains the same once more; empty where there is none.</param>
    public static void Write(RunFiles files, string command)
    {
        RunRecord record = RunRecord.Load(files.Record);
        var history = MetricsHistory.Read(files.Metrics, IsShown);
        ReportSpec report = Build(
            record,
            history,
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(files.Folder)),
            command
        );
        AtomicFile.Write(files.PageData, stream => ReportJson.Write(stream, report));
        AtomicFile.WriteText(files.Page, new HtmlReport(report).Render());
    }

    // A run may have millions of lines; these values are on all of them and in no figure.
    private static bool IsShown(string name) => name is not ("learningRate" or "gradientNorm");

    private static ReportSpec Build(RunRecord record, MetricsHistory history, string folder, string command) =>
        new()
        {
            Title = $"Training run {Path.GetFileName(folder)}",
            Summary = [Summary(record, history), .. Caveat(record)],
            KeyFigures = [.. KeyFigures(record)],
            Figures = [.. Figures(history, record)],
            Tables = [.. Models(record), .. Tables(history, record)],
            Configuration = record.Configuration,
            Command = command,
            Provenance = record.Provenance,
        };

    private static string Summary(RunRecord record, MetricsHistory history) =>
        record.Result is { } r
            ? Invariant(
                $"{r.Steps:N0} steps in {r.Seconds:F1} s of training. {record.Scored.Title} on the {record.Followed} data is {r.Score.Text} at the end; the best is {r.BestScore.Text}, at step {r.BestStep:N0}."
            )
            : Invariant(
                $"The run is not finished; its log reaches step {(history.Rows.Count > 0 ? history.Rows[^1].Step : 0):N0}."
            );

    private static IEnumerable<string> Caveat(RunRecord record)
    {
        if (record.Result is { TestScore: null })
        {
            yield return $"The best model was chosen by its {record.Scored.Name} on the test data, so that figure is too good; set "
                + "data.validation to hold out training examples instead.";
        }
    }

    private static IEnumerable<KeyFigureSpec> KeyFigures(RunRecord record)
    {
        if (record.Result is not { } r)
            yield break;
        foreach ((string name, long step, Score score, Score? test) in r.Models)
        {
            string title = $"{score.Kind.Title} of the {name} model";
            yield return r.HasTest
                ? new(title, test?.Text ?? "-", Invariant($"test data, step {step:N0}"))
                : new(title, score.Text, Invariant($"{record.Followed} data, step {step:N0}"));
        }

        yield return new("Training time", Invariant($"{r.Seconds:F1} s"), Invariant($"{r.StepsPerSecond:N0} steps/s"));
        yield return new("Parameters", Invariant($"{record.Parameters:N0}"));
        if (r.SkippedBatches > 0)
            yield return new("Batches skipped", Invariant($"{r.SkippedBatches:N0}"), "loss not finite");
    }

    private static IEnumerable<TableSpec> Models(RunRecord record)
    {
        if (record.Result is not { HasTest: true } r)
            yield break;
        yield return new TableSpec
        {
            Title = "Models",
            Columns = ["Model", "Step", $"Validation {record.Scored.Name}", $"Test {record.Scored.Name}"],
            Rows =
            [
                .. r.Models.Select(m =>
                    (IReadOnlyList<string>)[m.Name, Invariant($"{m.Step:N0}"), m.Score.Text, m.TestScore?.Text ?? "-"]
                ),
            ],
        };
    }

    private static IEnumerable<FigureSpec> Figures(MetricsHistory history, RunRecord record)
    {
        (string followed, ScoreKind scored) = (record.Followed, record.Scored);
        ChartSpec[] charts =
        [
            .. new[]
            {
                Chart("Loss", scored.Loss, history, ("training batch", "loss"), (followed, "validationLoss")),
                Chart(scored.Title, scored.Unit, history, (followed, scored.Key)),
            }.OfType<ChartSpec>(),
        ];
        if (charts.Length > 0)
            yield return new FigureSpec { Title = "Training", Charts = charts };
        if (GradientFigure.Of(history) is { } gradients)
            yield return gradients;
    }

    private static ChartSpec? Chart(
        string title,
        string label,
        MetricsHistory history,
        params ReadOnlySpan<(string Name, string Key)> lines
    )
    {
        var series = new List<SeriesSpec>();
        foreach ((string name, string key) in lines)
        {
            (IReadOnlyList<double> steps, IReadOnlyList<double> values) = history.Series(key);
            if (values.Any(double.IsFinite))
            {
                series.Add(
                    new SeriesSpec
                    {
                        Name = name,
                        X = steps,
                        Y = values,
                    }
                );
            }
        }

        return series.Count == 0
            ? null
            : new ChartSpec
            {
                Title = title,
                X = new AxisSpec { Label = "training step" },
                Y = new AxisSpec { Label = label },
                Series = series,
            };
    }

    private static IEnumerable<TableSpec> Tables(MetricsHistory history, RunRecord record)
    {
        (string followed, ScoreKind scored) = (record.Followed, record.Scored);
        MetricsRow[] rows = [.. history.RowsWith(scored.Key)];
        if (rows.Length == 0)
            yield break;
        int every = ((rows.Length - 1) / MaxRows) + 1;
        yield return new TableSpec
        {
            Title = "Evaluations",
            Columns = ["Step", $"{scored.Title}, {followed}", $"Loss, {followed}"],
            Rows =
            [
                .. rows.Where((_, i) => (rows.Length - 1 - i) % every == 0)
                    .Select(r =>
                        (IReadOnlyList<string>)
                            [
                                Invariant($"{r.Step:N0}"),
                                scored.Text(r.Values[scored.Key]),
                                Invariant($"{r.Values.GetValueOrDefault("validationLoss", double.NaN):F4}"),
                            ]
                    ),
            ],
        };
    }
}
