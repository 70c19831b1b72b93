using System.Text;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Watch.Following;
using static System.FormattableString;

namespace Evenkeel.Watch.Pages;

/// <summary>The page around its parts. It holds their state at the time it is asked for, and its script replaces them.</summary>
internal static class PageShell
{
    private static readonly string Sheet = Resource("watch.css");
    private static readonly string Script = Resource("watch.js");

    /// <summary>The page.</summary>
    /// <param name="runs">The runs, one or more.</param>
    /// <param name="part">The HTML of a part by its id.</param>
    /// <param name="nonce">What the policy allows its style and script by.</param>
    public static string Html(IReadOnlyList<FollowedRun> runs, Func<string, string> part, string nonce)
    {
        string title = runs is [var run] ? $"Training run {run.Name}" : $"{runs.Count} training runs";
        var page = new StringBuilder();
        page.Append(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{SvgText.Escape(title)}</title>
            <style nonce="{nonce}">
            {ChartStyle.Sheet}
            {ReportStyle.Sheet}
            {Sheet}
            </style>
            </head>
            <body>
            <header>
            <h1>{SvgText.Escape(title)}</h1>
            <p id="connection" role="status">Without JavaScript this page shows the state at the time it was loaded.</p>
            <p id="spoken" class="unseen">{part(PageParts.Spoken)}</p>
            <p id="announced" class="unseen" role="status"></p>
            </header>
            <main>

            """
        );
        AppendTraining(page, runs, part);
        page.Append("<div class=\"runs\">\n");
        for (int i = 0; i < runs.Count; i++)
            AppendRun(page, runs, i, part);
        page.Append("</div>\n</main>\n");
        return page.Append($"<script nonce=\"{nonce}\">\n{Script}</script>\n</body>\n</html>\n").ToString();
    }

    private static void AppendTraining(StringBuilder page, IReadOnlyList<FollowedRun> runs, Func<string, string> part)
    {
        string overview = part(PageParts.Overview);
        page.Append("<section>\n<h2 class=\"unseen\">Figures</h2>\n");
        page.Append(
            runs.Count == 1
                ? $"<div id=\"{PageParts.Overview}\">{overview}</div>\n"
                : $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Runs\" id=\"{PageParts.Overview}\">{overview}</div>\n"
        );
        page.Append("</section>\n<section>\n<h2>Training</h2>\n<div class=\"panels\">\n");
        foreach ((string id, string title) in new[] { (PageParts.Loss, "loss"), (PageParts.Score, "score") })
            page.Append(Panel.Frame(id, title, part(id), part(PageParts.ValuesOf(id))));
        page.Append("</div>\n</section>\n");
    }

    private static void AppendRun(
        StringBuilder page,
        IReadOnlyList<FollowedRun> runs,
        int index,
        Func<string, string> part
    )
    {
        FollowedRun run = runs[index];
        string name = SvgText.Escape(run.Name);
        string of = runs.Count == 1 ? "" : $" of {name}";
        int? first;
        lock (run.Guard)
            first = LayerParts.First(run);
        page.Append(
            Invariant(
                $"""
                <section class="run" data-run="{index}" data-layer="{first}">
                <h2>Layers{of}</h2>
                <p class="choice"><label for="{PageParts.Options(index)}">Layer</label>
                <select id="{PageParts.Options(index)}">{part(PageParts.Options(index))}</select></p>
                <div class="panels" id="charts-{index}"></div>
                <p id="{PageParts.Layers(index)}" hidden>{part(PageParts.Layers(index))}</p>
                <h2>Batch normalisation{of}</h2>
                <div class="scroll" tabindex="0" role="region" aria-label="Batch normalisation{of}" id="{PageParts.Norms(
                    index
                )}">{part(PageParts.Norms(index))}</div>
                <details><summary>Configuration{of}</summary>
                <pre tabindex="0" id="{PageParts.Configuration(index)}">{part(
                    PageParts.Configuration(index)
                )}</pre></details>
                </section>

                """
            )
        );
    }

    private static string Resource(string name)
    {
        using Stream stream = typeof(PageShell).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
