using System.Text.Json;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Terminal;
using Evenkeel.Reporting;
using Evenkeel.Runs;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Claims.Results;

/// <summary>
/// A folder of measured claims: one file for each, and the report, the page and the pictures made from all that are there. So a claim can be measured
/// again, or at another length, and the others stay.
/// </summary>
internal sealed class ClaimFolder(string path, Saving saving)
{
    /// <summary>The page for <c>docs/claims.md</c>.</summary>
    public const string Page = "claims.md";

    public string Report => ExperimentFolder.ReportIn(path);

    /// <summary>Keeps a measured claim.</summary>
    public void Add(ClaimRecord record)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(record, ClaimJsonContext.Default.ClaimRecord);
        Save(FileOf(record.Number), stream => stream.Write(json));
    }

    /// <summary>The claims that are there, by number.</summary>
    /// <exception cref="UsageException">A file is not a measured claim.</exception>
    public IReadOnlyList<ClaimRecord> Read() =>
        [.. Directory.EnumerateFiles(path, "claim-*.json").Select(Read).OrderBy(record => record.Number)];

    /// <summary>Writes the report, the page and the pictures of all claims that are there.</summary>
    public void WriteReport(string command, string provenance)
    {
        IReadOnlyList<ClaimRecord> records = Read();
        if (records.Count == 0)
            return;
        ReportSpec report = ClaimReport.Of(records, command, provenance);
        SaveText("report.html", () => new HtmlReport(report).Render());
        SaveText("report.json", () => ReportJson.Write(report));
        SaveText(Page, () => ClaimPage.Of(records));
        foreach ((string file, _, string svg) in records.SelectMany(record => record.Pictures()))
            SaveText(file, () => svg);
    }

    private static string FileOf(int number) => $"claim-{number:00}.json";

    private static ClaimRecord Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), ClaimJsonContext.Default.ClaimRecord)
                ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new UsageException(
                $"{file}: not a measured claim, line {e.LineNumber + 1}; delete it, or name another folder with --out."
            );
        }
    }

    private void SaveText(string file, Func<string> text) =>
        saving.Try(file, () => AtomicFile.WriteText(Path.Combine(path, file), text()));

    private void Save(string file, Action<Stream> write) =>
        saving.Try(file, () => AtomicFile.Write(Path.Combine(path, file), write));
}
