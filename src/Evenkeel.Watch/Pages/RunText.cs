using Evenkeel.Reporting.Charts;
using Evenkeel.Reporting.Metrics;
using Evenkeel.Runs.Scoring;
using Evenkeel.Runs.Text;
using Evenkeel.Watch.Following;
using static System.FormattableString;

namespace Evenkeel.Watch.Pages;

/// <summary>A run in short texts.</summary>
internal static class RunText
{
    /// <summary>What stands where nothing is known.</summary>
    public const string None = "–";

    // A run logs every few seconds; some only every few minutes.
    private static readonly TimeSpan LongSilence = TimeSpan.FromMinutes(2);

    /// <summary>What the run is scored by.</summary>
    public static ScoreKind Scored(FollowedRun run) => run.Record?.Scored ?? ScoreKind.Accuracy;

    /// <summary>What it is doing.</summary>
    public static string State(FollowedRun run) =>
        run.State switch
        {
            RunState.Waiting => "not begun",
            RunState.Training when run.Pace.Silence > LongSilence =>
                $"no news for {TimeText.Of(run.Pace.Silence.Value)}",
            RunState.Training => "training",
            RunState.Stopped => "stopped",
            _ => "done",
        };

    /// <summary>How far it is.</summary>
    public static string Step(FollowedRun run) =>
        run.Record?.TotalSteps is { } total ? Invariant($"{run.Step:N0} of {total:N0}") : Invariant($"{run.Step:N0}");

    /// <summary>How fast it goes.</summary>
    public static string Rate(FollowedRun run) =>
        run.State == RunState.Training && run.Pace.Rate is { } rate
            ? Invariant($"{NumberText.Short(rate, 3)} steps/s")
            : None;

    /// <summary>The time left.</summary>
    public static string Left(FollowedRun run) => run.Left is { } left ? TimeText.Of(left) : None;

    /// <summary>The last value of a series.</summary>
    public static string Last(FollowedRun run, string key) =>
        run.Metrics.Find(key) is { Count: > 0 } series ? NumberText.Short(series.Last, 4) : None;

    /// <summary>The newest score.</summary>
    public static string Score(FollowedRun run) =>
        run.Metrics.Find(Scored(run).Key) is { Count: > 0 } series ? Scored(run).Text(series.Last) : None;

    /// <summary>The best score and its step.</summary>
    public static string Best(FollowedRun run)
    {
        ScoreKind scored = Scored(run);
        BoundedSeries? series = run.Metrics.Find(scored.Key);
        return (scored.IsShare ? series?.Highest : series?.Lowest) is { } best
            ? Invariant($"{scored.Text(best.Value)} at step {best.Step:N0}")
            : None;
    }

    /// <summary>How its batch normalisations are.</summary>
    public static string Health(FollowedRun run)
    {
        string[] norms = [.. run.Layers.Norms];
        int ill = norms.Count(layer => run.Layers.Problems(layer).Any());
        return norms.Length == 0 ? None
            : ill == 0 ? "healthy"
            : $"{ill} of {norms.Length} layers with findings";
    }
}
