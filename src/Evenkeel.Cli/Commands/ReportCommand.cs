using System.CommandLine;
using Evenkeel.Cli.Runs;
using Evenkeel.Cli.Terminal;
using Evenkeel.Reporting;
using Evenkeel.Runs;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel report</c>: makes a run's page again, also while the run is at work.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "Folder of a run or of an experiment" };
        return new Command("report", "Make report.html of a run again from its data") { run }.WithBody(
            (parse, context) =>
            {
                string folder = parse.GetValue(run)!;
                string page = Path.Combine(folder, "report.html");
                Write(folder, page);
                context.WriteLine(page);
                context.WriteJson(writer => writer.WriteString("report", page));
                return ExitCode.Done;
            }
        );
    }

    private static void Write(string folder, string page)
    {
        string data = Path.Combine(folder, "report.json");
        if (!Directory.Exists(folder))
            throw new UsageException($"{folder}: the folder does not exist; give the folder of a run.");
        if (File.Exists(Path.Combine(folder, "run.json")) && File.Exists(Path.Combine(folder, "metrics.jsonl")))
            RunReport.Write(folder, ToolCommand.Text("train", Path.Combine(Path.GetFullPath(folder), "run.json")));
        else if (File.Exists(data))
            AtomicFile.WriteText(page, new HtmlReport(ReportJson.Read(File.ReadAllText(data), data)).Render());
        else
            throw new UsageException($"{folder}: neither a run (run.json, metrics.jsonl) nor report.json is there.");
    }
}
