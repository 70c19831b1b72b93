using System.Globalization;
using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Runs;
using Evenkeel.Runs.Text;
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

    /// <summary>Writes <c>report.html</c>, <c>report.json</c>, the pictures and <c>result.json</c>, each whether or not the others can be.</summary>
    /// <param name="folder">Is made if it is not there.</param>
    /// <param name="report">The report.</param>
    /// <param name="pictures">Pictures by the names of their files.</param>
    /// <param name="numbers">Writes the fields of <c>result.json</c>.</param>
    /// <param name="saving">Tells what cannot be written.</param>
    public static void Save(
        string folder,
        ReportSpec report,
        IEnumerable<(string File, ChartSpec Chart)> pictures,
        Action<Utf8JsonWriter> numbers,
        Saving saving
    )
    {
        saving.Try("report.html", () => AtomicFile.WriteText(ReportIn(folder), new HtmlReport(report).Render()));
        saving.Try(
            "report.json",
            () => AtomicFile.WriteText(Path.Combine(folder, "report.json"), ReportJson.Write(report))
        );
        foreach ((string file, ChartSpec chart) in pictures)
            saving.Try(file, () => AtomicFile.WriteText(Path.Combine(folder, file), SvgChart.Render(chart)));
        byte[] result = JsonWriting.Object(numbers, new JsonWriterOptions { Indented = true });
        saving.Try(
            "result.json",
            () => AtomicFile.Write(Path.Combine(folder, "result.json"), stream => stream.Write(result))
        );
    }

    /// <summary>The same for a report of one figure, whose charts become the pictures a, b, c.</summary>
    /// <param name="folder">Is made if it is not there.</param>
    /// <param name="reportOf">The report of a command line and of versions, machine and time.</param>
    /// <param name="picture">What the names of the pictures begin with.</param>
    /// <param name="numbers">Writes the fields of <c>result.json</c>, of which one is the path of the report.</param>
    /// <param name="saving">Tells what cannot be written.</param>
    public static void SaveFigure(
        string folder,
        Func<string, string, ReportSpec> reportOf,
        string picture,
        Action<Utf8JsonWriter, string> numbers,
        Saving saving
    )
    {
        ReportSpec report = reportOf(ToolCommand.OfThisProcess(), Provenance.Describe());
        Save(
            folder,
            report,
            report.Figures[0].Charts.Select((chart, i) => ($"{picture}{(char)('a' + i)}.svg", chart)),
            writer => numbers(writer, ReportIn(folder)),
            saving
        );
    }

    /// <summary>Runs an experiment; one that cannot go on, or is told to stop, leaves what it has so far.</summary>
    /// <param name="run">The experiment.</param>
    /// <param name="save">Saves what there is.</param>
    public static void SaveIfStopped(Action run, Action save)
    {
        try
        {
            run();
        }
        catch
        {
            save();
            throw;
        }
    }
}
