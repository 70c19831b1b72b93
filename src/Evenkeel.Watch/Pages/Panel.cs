using System.Text;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Watch.Pages;

/// <summary>A chart, and its values as a table for those who do not see it.</summary>
internal static class Panel
{
    /// <summary>The drawing; a sentence where there is nothing to draw.</summary>
    public static string Drawing(ChartSpec? chart, string id, string otherwise) =>
        chart is null ? $"<p class=\"empty\">{SvgText.Escape(otherwise)}</p>\n" : SvgChart.RenderInline(chart, id);

    /// <summary>The values; empty where there are none.</summary>
    public static string Values(ChartSpec? chart)
    {
        var page = new StringBuilder();
        if (chart is not null)
            HtmlTable.AppendCells(page, Lines.Table(chart));
        return page.ToString();
    }

    /// <summary>The frame that holds both, under the ids of its parts.</summary>
    public static string Frame(string id, string title, string drawing, string values) =>
        $"""
            <div class="panel">
            <div id="{id}">{drawing}</div>
            <details><summary>Values<span class="unseen"> of the chart {SvgText.Escape(title)}</span></summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Values: {SvgText.Escape(
                title
            )}" id="{id}-values">{values}</div>
            </details>
            </div>

            """;
}
