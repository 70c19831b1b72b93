using Evenkeel.Reporting.Charts;
using Evenkeel.Watch.Following;
using static System.FormattableString;

namespace Evenkeel.Watch.Pages;

/// <summary>What the page holds that changes, by the ids of its elements.</summary>
internal static class PageParts
{
    public const string Overview = "overview";
    public const string Loss = "loss";
    public const string Score = "score";
    public const string Spoken = "spoken";

    /// <summary>The step that a run's layers were recorded at last: the page asks again for the layer that it shows.</summary>
    public static string Layers(int run) => Invariant($"layers-{run}");

    /// <summary>The layers to choose from.</summary>
    public static string Options(int run) => Invariant($"options-{run}");

    /// <summary>The batch normalisations of a run.</summary>
    public static string Norms(int run) => Invariant($"norms-{run}");

    /// <summary>The configuration of a run.</summary>
    public static string Configuration(int run) => Invariant($"configuration-{run}");

    /// <summary>Where a chart's values stand.</summary>
    public static string ValuesOf(string chart) => $"{chart}-values";

    /// <summary>All parts as they are now.</summary>
    public static IEnumerable<(string Id, string Html)> Of(IReadOnlyList<FollowedRun> runs)
    {
        yield return (Overview, Pages.Overview.Html(runs));
        yield return (Spoken, SvgText.Escape(string.Join(' ', runs.Select(Pages.Overview.Words))));
        ChartSpec? loss = TrainingCharts.Loss(runs);
        yield return (Loss, Panel.Drawing(loss, "loss-chart", "No loss is logged yet."));
        yield return (ValuesOf(Loss), Panel.Values(loss));
        ChartSpec? score = TrainingCharts.Score(runs);
        yield return (Score, Panel.Drawing(score, "score-chart", "The run was not evaluated yet."));
        yield return (ValuesOf(Score), Panel.Values(score));
        for (int i = 0; i < runs.Count; i++)
        {
            yield return (Options(i), LayerParts.Options(runs[i]));
            yield return (Layers(i), Invariant($"{runs[i].Layers.Courses.LastStep}"));
            yield return (Norms(i), NormTable.Html(runs[i]));
            yield return (Configuration(i), SvgText.Escape(runs[i].Record?.Configuration ?? ""));
        }
    }
}
