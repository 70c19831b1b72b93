using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Reporting;

namespace Evenkeel.Cli.Claims.Results;

/// <summary>A measured claim as it is kept in a file.</summary>
/// <param name="Number">Number of the claim.</param>
/// <param name="Statement">What is claimed.</param>
/// <param name="Source">Where.</param>
/// <param name="Rule">When the verdict is which.</param>
/// <param name="Verdict">The answer.</param>
/// <param name="Summary">The figures behind it.</param>
/// <param name="Scale">Networks, data, steps and seeds.</param>
/// <param name="Length">How much was computed.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Command">The command that repeats it.</param>
/// <param name="Machine">Processor, versions and date.</param>
/// <param name="Figures">The pictures.</param>
/// <param name="Tables">The figures in full.</param>
internal sealed record ClaimRecord(
    int Number,
    string Statement,
    string Source,
    string Rule,
    Verdict Verdict,
    string Summary,
    string Scale,
    ClaimLength Length,
    double Seconds,
    string Command,
    string Machine,
    IReadOnlyList<FigureSpec> Figures,
    IReadOnlyList<TableSpec> Tables
)
{
    /// <summary>What a measurement found.</summary>
    public static ClaimRecord Of(
        Claim claim,
        Finding finding,
        ClaimLength length,
        TimeSpan time,
        string command,
        string machine
    ) =>
        new(
            claim.Number,
            claim.Statement,
            claim.Source,
            claim.Rule,
            finding.Verdict,
            finding.Summary,
            finding.Scale,
            length,
            Math.Round(time.TotalSeconds, 1),
            command,
            machine,
            finding.Figures,
            finding.Tables
        );

    /// <summary>The pictures with the names of their files.</summary>
    public IEnumerable<(string File, string Title, string Svg)> Pictures() => ClaimPictures.Of(this);
}
