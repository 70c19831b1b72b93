using System.Globalization;
using System.Text;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Reporting;

/// <summary>
/// Shows a <see cref="ReportSpec"/> as one HTML file that needs nothing else: it opens from disk, on a phone as on a desktop, light or
/// dark, and prints. All text is escaped. The same report always gives the same file.
/// </summary>
public sealed class HtmlReport
{
    private readonly ReportSpec report;

    /// <summary>A page for a report.</summary>
    /// <param name="report">What to show.</param>
    public HtmlReport(ReportSpec report)
    {
        ArgumentNullException.ThrowIfNull(report);
        this.report = report;
    }

    /// <summary>The page's text.</summary>
    /// <exception cref="ArgumentException">A chart or table is not well formed; the message names it.</exception>
    public string Render()
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        // Nothing may be loaded: the page is all there is.
        page.Append(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        );
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Append($"<title>{Text(report.Title)}</title>\n");
        page.Append($"<style>\n{ChartStyle.Sheet}\n{ReportStyle.Sheet}\n</style>\n</head>\n<body>\n");
        AppendHeader(page);
        page.Append("<main>\n");
        for (int i = 0; i < report.Figures.Count; i++)
            AppendFigure(page, report.Figures[i], i);
        foreach (TableSpec table in report.Tables)
            HtmlTable.Append(page, table);
        if (report.Configuration.Length > 0)
            page.Append(
                $"<details>\n<summary>Configuration</summary>\n<pre>{Text(report.Configuration)}</pre>\n</details>\n"
            );
        page.Append("</main>\n");
        AppendFooter(page);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static string Text(string text) => SvgText.Escape(text);

    private void AppendHeader(StringBuilder page)
    {
        page.Append($"<header>\n<h1>{Text(report.Title)}</h1>\n");
        foreach (string line in report.Summary)
            page.Append($"<p>{Text(line)}</p>\n");
        if (report.KeyFigures.Count > 0)
        {
            page.Append("<dl class=\"figures\">\n");
            foreach (KeyFigureSpec figure in report.KeyFigures)
            {
                page.Append($"<div><dt>{Text(figure.Label)}</dt><dd class=\"value\">{Text(figure.Value)}</dd>");
                if (figure.Note.Length > 0)
                    page.Append($"<dd class=\"note\">{Text(figure.Note)}</dd>");
                page.Append("</div>\n");
            }
            page.Append("</dl>\n");
        }
        page.Append("</header>\n");
    }

    private static void AppendFigure(StringBuilder page, FigureSpec figure, int number)
    {
        page.Append($"<section>\n<h2>{Text(figure.Title)}</h2>\n<figure>\n");
        // The sheet limits the width by the number of charts: text stays equally large in all of them.
        int panels = figure.Charts.Count + figure.HeatMaps.Count;
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"panels\" style=\"--panels:{panels}\">\n");
        for (int i = 0; i < panels; i++)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"figure{number + 1}-{i + 1}");
            page.Append($"<div class=\"panel\">\n{Panel(figure, i, id)}</div>\n");
        }
        page.Append("</div>\n");
        if (figure.Caption.Length > 0)
            page.Append($"<figcaption>{Text(figure.Caption)}</figcaption>\n");
        page.Append("</figure>\n</section>\n");
    }

    private static string Panel(FigureSpec figure, int index, string id) =>
        index < figure.Charts.Count
            ? SvgChart.RenderInline(figure.Charts[index], id)
            : SvgHeatMap.RenderInline(figure.HeatMaps[index - figure.Charts.Count], id);

    private void AppendFooter(StringBuilder page)
    {
        page.Append("<footer>\n");
        if (report.Command.Length > 0)
            page.Append($"<p>Repeat it:</p>\n<pre><code>{Text(report.Command)}</code></pre>\n");
        if (report.Provenance.Length > 0)
            page.Append($"<p>{Text(report.Provenance)}</p>\n");
        page.Append("</footer>\n");
    }
}
