using Evenkeel.Reporting.Charts;
using Evenkeel.Reporting.Metrics;
using Evenkeel.Watch.Following;

namespace Evenkeel.Watch.Pages;

/// <summary>Loss and score of all runs over training, as charts.</summary>
internal static class TrainingCharts
{
    /// <summary>Losses: of the training batch, dotted where there are several runs, and of the held out data.</summary>
    public static ChartSpec? Loss(IReadOnlyList<FollowedRun> runs) =>
        StepChart.Of("Loss", new AxisSpec { Label = RunText.Scored(runs[0]).Loss }, runs.SelectMany(LossOf(runs)));

    /// <summary>The runs' scores on the held out data; those of another kind than the first run's are left out.</summary>
    public static ChartSpec? Score(IReadOnlyList<FollowedRun> runs)
    {
        var scored = RunText.Scored(runs[0]);
        return StepChart.Of(
            scored.Title,
            new AxisSpec { Label = scored.Unit },
            runs.SelectMany((run, i) => Line(run.Metrics.Find(scored.Key), Name(runs, run, Followed(run)), i))
        );
    }

    private static Func<FollowedRun, int, IEnumerable<SeriesSpec>> LossOf(IReadOnlyList<FollowedRun> runs) =>
        (run, i) =>
            runs.Count == 1
                ?
                [
                    .. Line(run.Metrics.Find("loss"), "training batch", 0),
                    .. Line(run.Metrics.Find("validationLoss"), Followed(run), 1),
                ]
                : Line(run.Metrics.Find("validationLoss") ?? run.Metrics.Find("loss"), run.Name, i);

    private static string Followed(FollowedRun run) => run.Record?.Followed ?? "validation";

    private static string Name(IReadOnlyList<FollowedRun> runs, FollowedRun run, string alone) =>
        runs.Count == 1 ? alone : run.Name;

    private static IEnumerable<SeriesSpec> Line(BoundedSeries? series, string name, int colour)
    {
        if (series is not null)
            yield return StepChart.Line(name, series, colour);
    }
}
