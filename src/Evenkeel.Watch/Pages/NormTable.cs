using System.Text;
using Evenkeel.Diagnostics;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Runs;
using Evenkeel.Watch.Following;
using static System.FormattableString;

namespace Evenkeel.Watch.Pages;

/// <summary>Running statistics and health of a run's batch normalisations as they are now.</summary>
internal static class NormTable
{
    private const string NoRecords = "Nothing is recorded of the layers: set inspectEvery.";
    private const string NoNorms = "The network has no batch normalisation.";

    /// <summary>The part as HTML.</summary>
    public static string Html(FollowedRun run)
    {
        string[] norms = [.. run.Layers.Norms];
        if (norms.Length == 0)
            return $"<p class=\"empty\">{(run.Layers.Courses.LastStep < 0 ? NoRecords : NoNorms)}</p>\n";
        var page = new StringBuilder();
        HtmlTable.AppendCells(
            page,
            new TableSpec
            {
                Title = "Batch normalisation",
                Columns =
                [
                    "Layer",
                    "Health",
                    "Running mean",
                    "lowest to highest",
                    "Running variance",
                    "lowest to highest",
                ],
                Rows = [.. norms.Select(layer => Row(run, layer))],
            }
        );
        return page.Append(Invariant($"<p class=\"note\">at step {run.Layers.Courses.LastStep:N0}</p>\n")).ToString();
    }

    /// <summary>A problem in a few words.</summary>
    internal static string Words(BatchNormProblem problem, int channels) =>
        problem switch
        {
            BatchNormProblem.NeverUpdated => "never updated",
            BatchNormProblem.FewUpdates => "few updates",
            BatchNormProblem.NotFinite => $"NaN or infinity in {Count(channels)}",
            BatchNormProblem.NegativeVariance => $"negative variance in {Count(channels)}",
            BatchNormProblem.CollapsedVariance => $"collapsed variance in {Count(channels)}",
            BatchNormProblem.ExplodedVariance => $"exploded variance in {Count(channels)}",
            BatchNormProblem.ImpossibleCovariance => $"impossible covariance of {Count(channels)}",
            BatchNormProblem.SingularCovariance => $"singular covariance of {Count(channels)}",
            _ => channels == 1 ? "1 dead channel" : $"{channels} dead channels",
        };

    private static string Count(int channels) => channels == 1 ? "1 channel" : $"{channels} channels";

    private static IReadOnlyList<string> Row(FollowedRun run, string layer)
    {
        string[] problems = [.. run.Layers.Problems(layer).Select(p => Words(p.Problem, p.Channels))];
        return
        [
            layer,
            problems.Length == 0 ? "healthy" : string.Join(", ", problems),
            Value(LayerValue.Mean),
            $"{Value(LayerValue.LowestMean)} to {Value(LayerValue.HighestMean)}",
            Value(LayerValue.Variance),
            $"{Value(LayerValue.LowestVariance)} to {Value(LayerValue.HighestVariance)}",
        ];

        string Value(string name) =>
            run.Layers.Find(layer, name) is { } series ? NumberText.Short(series.Last, 4) : RunText.None;
    }
}
