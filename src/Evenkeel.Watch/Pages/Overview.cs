using System.Text;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Watch.Following;

namespace Evenkeel.Watch.Pages;

/// <summary>The figures of all runs at a glance: cards for one run, a table for several.</summary>
internal static class Overview
{
    /// <summary>The part as HTML.</summary>
    public static string Html(IReadOnlyList<FollowedRun> runs)
    {
        var page = new StringBuilder();
        if (runs is [var run])
            AppendCards(page, run);
        else
            HtmlTable.AppendCells(page, Table(runs));
        foreach (FollowedRun damaged in runs.Where(r => r.Damage is not null))
            page.Append($"<p class=\"alarm\">{SvgText.Escape(damaged.Damage!)}</p>\n");
        return page.ToString();
    }

    /// <summary>The same in a few words, to be read aloud.</summary>
    public static string Words(FollowedRun run) =>
        $"{run.Name}: {RunText.State(run)}, step {RunText.Step(run)}, {RunText.Scored(run).Name} {RunText.Score(run)}, "
        + $"batch normalisation {RunText.Health(run)}.";

    private static void AppendCards(StringBuilder page, FollowedRun run)
    {
        page.Append("<dl class=\"figures\">\n");
        Append(page, "State", RunText.State(run), $"step {RunText.Step(run)}");
        Append(page, "Time left", RunText.Left(run), RunText.Rate(run));
        Append(
            page,
            "Loss",
            RunText.Last(run, "loss"),
            $"{run.Record?.Followed ?? "validation"} {RunText.Last(run, "validationLoss")}"
        );
        Append(page, RunText.Scored(run).Title, RunText.Score(run), $"best {RunText.Best(run)}");
        Append(page, "Batch normalisation", RunText.Health(run), "");
        page.Append("</dl>\n");
    }

    private static void Append(StringBuilder page, string label, string value, string note)
    {
        page.Append($"<div><dt>{SvgText.Escape(label)}</dt><dd class=\"value\">{SvgText.Escape(value)}</dd>");
        if (note is not ("" or RunText.None))
            page.Append($"<dd class=\"note\">{SvgText.Escape(note)}</dd>");
        page.Append("</div>\n");
    }

    private static TableSpec Table(IReadOnlyList<FollowedRun> runs) =>
        new()
        {
            Title = "Runs",
            Columns =
            [
                "Run",
                "State",
                "Step",
                "Time left",
                "Speed",
                "Loss",
                "Loss, held out",
                "Score",
                "Best score",
                "Health",
            ],
            Rows =
            [
                .. runs.Select(run =>
                    (IReadOnlyList<string>)
                        [
                            run.Name,
                            RunText.State(run),
                            RunText.Step(run),
                            RunText.Left(run),
                            RunText.Rate(run),
                            RunText.Last(run, "loss"),
                            RunText.Last(run, "validationLoss"),
                            RunText.Score(run),
                            RunText.Best(run),
                            RunText.Health(run),
                        ]
                ),
            ],
        };
}
