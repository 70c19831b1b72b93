using System.Text;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Reporting;

/// <summary>A table in HTML; wide ones scroll within their frame, not the page.</summary>
internal static class HtmlTable
{
    /// <summary>Appends a table.</summary>
    /// <exception cref="ArgumentException">The number of cells of a row differs from the number of columns.</exception>
    public static void Append(StringBuilder page, TableSpec table)
    {
        string title = SvgText.Escape(table.Title);
        page.Append($"<section>\n<h2>{title}</h2>\n");
        page.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\">\n");
        AppendCells(page, table);
        page.Append("</div>\n</section>\n");
    }

    /// <summary>Appends the table alone, without its title and frame.</summary>
    /// <exception cref="ArgumentException">The number of cells of a row differs from the number of columns.</exception>
    public static void AppendCells(StringBuilder page, TableSpec table)
    {
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            if (row.Count != table.Columns.Count)
                throw new ArgumentException(
                    $"table '{table.Title}': a row has {row.Count} cells for {table.Columns.Count} columns"
                );
        }
        bool[] numeric = [.. Enumerable.Range(0, table.Columns.Count).Select(column => IsNumeric(table, column))];
        page.Append("<table>\n<thead><tr>");
        for (int i = 0; i < table.Columns.Count; i++)
            page.Append($"<th scope=\"col\"{Class(numeric[i])}>{SvgText.Escape(table.Columns[i])}</th>");
        page.Append("</tr></thead>\n<tbody>\n");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            page.Append("<tr>");
            for (int i = 0; i < row.Count; i++)
            {
                string cell = SvgText.Escape(row[i]);
                page.Append(
                    i == 0 ? $"<th scope=\"row\"{Class(numeric[i])}>{cell}</th>" : $"<td{Class(numeric[i])}>{cell}</td>"
                );
            }
            page.Append("</tr>\n");
        }
        page.Append("</tbody>\n</table>\n");
    }

    private static string Class(bool numeric) => numeric ? " class=\"number\"" : "";

    private static bool IsNumeric(TableSpec table, int column) =>
        table.Rows.Count > 0 && table.Rows.All(row => BeginsAsNumber(row[column].AsSpan().Trim()));

    // "-", "–" and an empty cell stand for a missing number.
    private static bool BeginsAsNumber(ReadOnlySpan<char> cell) =>
        cell is "" or "-" or "–" or "NaN"
        || (cell.TrimStart("+-−±<>≤≥~.") is [var first, ..] && char.IsAsciiDigit(first));
}
