using System.Diagnostics;
using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>The line of a report that says how to repeat it does so for whoever copies it.</summary>
public sealed class RepeatedRunTests
{
    [Fact]
    public void The_line_of_a_report_works_in_any_folder()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var work = new Workspace();
        Directory.CreateDirectory(work.File("elsewhere"));
        string run = work.File("a run's 1st");
        Shell.Finish(Shell.Start("train", work.Config, "--out", run)).Expect(0);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "report.json")));
        string command = report.RootElement.GetProperty("command").GetString()!;
        var start = new ProcessStartInfo("sh")
        {
            WorkingDirectory = work.File("elsewhere"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        using Process process = Process.Start(start)!;
        Shell.Finish(process).Expect(0);
        Assert.Equal(
            File.ReadAllText(Path.Combine(run, "metrics.jsonl")),
            File.ReadAllText(work.File("elsewhere", "runs", "a run's 1st-1", "metrics.jsonl"))
        );
    }

    [Theory]
    [InlineData("plain/path-1.json", "plain/path-1.json")]
    [InlineData("my run", "'my run'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("$HOME", "'$HOME'")]
    [InlineData("", "''")]
    [InlineData("größe", "'größe'")]
    public void Words_are_quoted_where_a_shell_would_part_or_change_them(string word, string quoted)
    {
        if (!OperatingSystem.IsWindows())
            Assert.Equal(quoted, ShellWord.Quote(word));
    }
}
