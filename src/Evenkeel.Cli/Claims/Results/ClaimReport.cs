using System.Globalization;
using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Reporting;

namespace Evenkeel.Cli.Claims.Results;

/// <summary>All measured claims as one report.</summary>
internal static class ClaimReport
{
    public static ReportSpec Of(IReadOnlyList<ClaimRecord> records, string command, string provenance) =>
        new()
        {
            Title = "Claims about batch normalisation, measured",
            Summary =
            [
                "Each claim has an experiment and a rule that turns its figures into a verdict. The networks are small: a verdict says what shows at "
                    + "this scale, and nothing about ImageNet.",
                .. records.Select(r => $"{r.Number}. {r.Statement} This {r.Verdict.Words()}."),
            ],
            KeyFigures = [.. Enum.GetValues<Verdict>().Select(verdict => Counted(verdict, records))],
            Figures = [.. records.SelectMany(Figures)],
            Tables = [Verdicts(records), .. records.SelectMany(Tables)],
            Configuration = string.Join("\n", records.Select(r => $"{r.Number, 2}  {r.Scale}")),
            Command = command,
            Provenance = provenance,
        };

    private static KeyFigureSpec Counted(Verdict verdict, IReadOnlyList<ClaimRecord> records) =>
        new(
            verdict.Words(),
            records.Count(r => r.Verdict == verdict).ToString(CultureInfo.InvariantCulture),
            $"of {records.Count} claims"
        );

    private static IEnumerable<FigureSpec> Figures(ClaimRecord record) =>
        record.Figures.Select(figure => figure with { Title = $"{record.Number}. {figure.Title}" });

    private static IEnumerable<TableSpec> Tables(ClaimRecord record) =>
        record.Tables.Select(table => table with { Title = $"{record.Number}. {table.Title}" });

    private static TableSpec Verdicts(IReadOnlyList<ClaimRecord> records) =>
        new()
        {
            Title = "Verdicts",
            Columns = ["Claim", "Statement", "Where", "Verdict", "What was measured", "Seconds"],
            Rows =
            [
                .. records.Select(r =>
                    (IReadOnlyList<string>)
                        [
                            r.Number.ToString(CultureInfo.InvariantCulture),
                            r.Statement,
                            r.Source,
                            r.Verdict.Words(),
                            r.Summary,
                            r.Seconds.ToString("F0", CultureInfo.InvariantCulture),
                        ]
                ),
            ],
        };
}
