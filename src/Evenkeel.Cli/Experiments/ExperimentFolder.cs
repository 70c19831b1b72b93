using System.Globalization;
using System.Text.Json;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Experiments;

/// <summary>Where an experiment leaves its report, pictures and numbers.</summary>
internal static class ExperimentFolder
{
    /// <summary><c>runs/NAME-time</c>, where nothing else is asked for.</summary>
    public static string Usual(string name) =>
        Path.Combine("runs", $"{name}-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");

    /// <summary>Path of the report in a folder.</summary>
    public static string ReportIn(string folder) => Path.GetFullPath(Path.Combine(folder, "report.html"));

    /// <summary>Writes <c>report.html</c>, <c>report.json</c>, the pictures and <c>result.json</c>.</summary>
    /// <param name="folder">Is made if it is not there.</param>
    /// <param name="report">The report.</param>
    /// <param name="pictures">Pictures by the names of their files.</param>
    /// <param name="numbers">Writes the fields of <c>result.json</c>.</param>
    public static void Save(
        string folder,
        ReportSpec report,
        IEnumerable<(string File, ChartSpec Chart)> pictures,
        Action<Utf8JsonWriter> numbers
    )
    {
        Directory.CreateDirectory(folder);
        new HtmlReport(report).Save(ReportIn(folder));
        AtomicFile.WriteText(Path.Combine(folder, "report.json"), ReportJson.Write(report));
        foreach ((string file, ChartSpec chart) in pictures)
            AtomicFile.WriteText(Path.Combine(folder, file), SvgChart.Render(chart));
        AtomicFile.Write(
            Path.Combine(folder, "result.json"),
            stream =>
            {
                using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
                writer.WriteStartObject();
                numbers(writer);
                writer.WriteEndObject();
            }
        );
    }
}
