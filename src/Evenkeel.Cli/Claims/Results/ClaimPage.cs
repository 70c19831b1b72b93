using System.Globalization;
using System.Text;
using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Reporting;

namespace Evenkeel.Cli.Claims.Results;

/// <summary>All measured claims as a Markdown page; the pictures lie in <see cref="Pictures"/> beside it.</summary>
internal static class ClaimPage
{
    /// <summary>Folder of the pictures, from the page.</summary>
    public const string Pictures = "images/claims/";

    public static string Of(IReadOnlyList<ClaimRecord> records)
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Claims about batch normalisation, measured

            Written by `evenkeel reproduce claims`; do not edit it. Each claim has an experiment and a rule that turns its figures into a verdict. The
            networks are small: a verdict says what shows at this scale, and nothing about ImageNet. "a ± b" is the mean over the seeds and the deviation
            of a single run. The experiments of the paper at more length are in [experiments.md](experiments.md).


            """
        );
        AppendOverview(page, records);
        foreach (ClaimRecord record in records)
            AppendClaim(page, record);
        return page.ToString();
    }

    private static void AppendOverview(StringBuilder page, IReadOnlyList<ClaimRecord> records)
    {
        page.Append("| claim | statement | verdict |\n|---|---|---|\n");
        foreach (ClaimRecord r in records)
            page.Append(
                CultureInfo.InvariantCulture,
                $"| [{r.Number}](#claim-{r.Number}) | {Cell(r.Statement)} | {r.Verdict.Words()} |\n"
            );
    }

    private static void AppendClaim(StringBuilder page, ClaimRecord record)
    {
        page.Append(
            CultureInfo.InvariantCulture,
            $"""

            ## Claim {record.Number}

            {record.Statement} ({record.Source})

            **{Capital(record.Verdict.Words())}.** {record.Summary}


            """
        );
        foreach ((string file, string title, _) in record.Pictures())
            page.Append($"![{title}]({Pictures}{file})\n");
        foreach (TableSpec table in record.Tables)
            AppendTable(page, table);
        page.Append(
            CultureInfo.InvariantCulture,
            $"""

            Rule: {record.Rule}

            Scale: {record.Scale} `{record.Command}`, {record.Seconds:F0} s; {record.Machine}.

            """
        );
    }

    private static void AppendTable(StringBuilder page, TableSpec table)
    {
        page.Append($"\n{table.Title}:\n\n{Row(table.Columns)}|{string.Concat(table.Columns.Select(_ => "---|"))}\n");
        foreach (IReadOnlyList<string> row in table.Rows)
            page.Append(Row(row));
    }

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells.Select(Cell))} |\n";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];
}
