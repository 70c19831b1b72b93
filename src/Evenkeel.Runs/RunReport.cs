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
        var courses = MetricsCourses.Read(files.Metrics);
        ReportSpec report = Build(
            record,
            courses,
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(files.Folder)),
            command
        );
        AtomicFile.WriteText(files.PageData, ReportJson.Write(report));
        AtomicFile.WriteText(files.Page, new HtmlReport(report).Render());
    }

    private static ReportSpec Build(RunRecord record, MetricsCourses courses, string folder, string command) =>
        new()
        {
            Title = $"Training run {Path.GetFileName(folder)}",
            Summary = [Summary(record, courses), .. Caveat(record)],
            KeyFigures = [.. KeyFigures(record)],
            Figures = [.. Figures(courses, record)],
            Tables = [.. Models(record), .. Tables(courses, record)],
            Configuration = record.Configuration,
            Command = command,
            Provenance = record.Provenance,
        };

    private static string Summary(RunRecord record, MetricsCourses courses) =>
        record.Result is { } r
            ? Invariant(
                $"{r.Steps:N0} steps in {r.Seconds:F1} s of training. {record.Scored.Title} on the {record.Followed} data is {r.Score.Text} at the end; the best is {r.BestScore.Text}, at step {r.BestStep:N0}."
            )
            : Invariant($"The run is not finished; its log reaches step {Math.Max(courses.LastStep, 0):N0}.");

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

    private static IEnumerable<FigureSpec> Figures(MetricsCourses courses, RunRecord record)
    {
        (string followed, ScoreKind scored) = (record.Followed, record.Scored);
        ChartSpec[] charts =
        [
            .. new[]
            {
                Chart("Loss", scored.Loss, courses, ("training batch", "loss"), (followed, "validationLoss")),
                Chart(scored.Title, scored.Unit, courses, (followed, scored.Key)),
            }.OfType<ChartSpec>(),
        ];
        if (charts.Length > 0)
        {
            yield return new FigureSpec
            {
                Title = "Training",
                Caption = StepChart.Bands(charts).TrimStart(),
                Charts = charts,
            };
        }

        if (GradientFigure.Of(courses) is { } gradients)
            yield return gradients;
    }

    private static ChartSpec? Chart(
        string title,
        string label,
        MetricsCourses courses,
        params (string Name, string Key)[] lines
    ) =>
        StepChart.Of(
            title,
            new AxisSpec { Label = label },
            from line in lines
            let series = courses.Find(line.Key)
            where series is not null
            select StepChart.Line(line.Name, series)
        );

    private static IEnumerable<TableSpec> Tables(MetricsCourses courses, RunRecord record)
    {
        (string followed, ScoreKind scored) = (record.Followed, record.Scored);
        if (courses.Find(scored.Key) is not { } scores)
            yield break;
        BoundedSeries? losses = courses.Find("validationLoss");
        int last = scores.Points.Count - 1,
            every = (last / MaxRows) + 1;
        yield return new TableSpec
        {
            Title = "Evaluations",
            Columns = ["Step", $"{scored.Title}, {followed}", $"Loss, {followed}"],
            Rows =
            [
                .. scores
                    .Points.Where((_, i) => (last - i) % every == 0)
                    .Select(p =>
                        (IReadOnlyList<string>)
                            [
                                Invariant($"{p.Step:N0}"),
                                scored.Text(p.Last),
                                Invariant($"{losses?.At(p.Step) ?? double.NaN:F4}"),
                            ]
                    ),
            ],
        };
    }
}
