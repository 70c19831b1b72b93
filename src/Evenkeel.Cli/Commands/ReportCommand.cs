using System.CommandLine;
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
        return new Command("report", "Write the report.html of a run again") { run }.WithBody(
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
        var files = new RunFiles(folder);
        if (!Directory.Exists(folder))
            throw new UsageException($"{folder}: the folder does not exist; give the folder of a run.");
        if (files.Exists && File.Exists(files.Metrics))
            RunReport.Write(files, ToolCommand.Text("train", Path.GetFullPath(files.Record)));
        else if (File.Exists(files.PageData))
            AtomicFile.WriteText(
                page,
                new HtmlReport(ReportJson.Read(File.ReadAllText(files.PageData), files.PageData)).Render()
            );
        else
            throw new UsageException(
                $"{folder}: the folder has neither a run (run.json, metrics.jsonl) nor report.json."
            );
    }
}
