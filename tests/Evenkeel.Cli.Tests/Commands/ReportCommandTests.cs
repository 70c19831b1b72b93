using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class ReportCommandTests
{
    [Fact]
    public void Makes_the_same_page_again()
    {
        using var work = new Workspace();
        string run = work.Train("run");
        string page = Path.Combine(run, "report.html");
        string before = File.ReadAllText(page);
        Assert.Contains("Accuracy of the last model", before, StringComparison.Ordinal);
        Assert.Contains("<svg", before, StringComparison.Ordinal);
        File.Delete(page);
        File.Delete(Path.Combine(run, "report.json"));
        Assert.Equal(page, Shell.Run("report", run).Expect(0).Out.Trim());
        Assert.Equal(before, File.ReadAllText(page));
    }

    [Fact]
    public void Makes_a_page_from_its_data_alone()
    {
        using var work = new Workspace();
        string run = work.Train("run");
        string before = File.ReadAllText(Path.Combine(run, "report.html"));
        Directory.CreateDirectory(work.File("alone"));
        File.Copy(Path.Combine(run, "report.json"), work.File("alone", "report.json"));
        Shell.Run("report", work.File("alone")).Expect(0);
        Assert.Equal(before, File.ReadAllText(work.File("alone", "report.html")));
    }

    [Fact]
    public void Shows_a_run_that_is_not_finished()
    {
        using var work = new Workspace();
        using var source = new CancellationTokenSource();
        source.Cancel();
        MnistFolder.Create(work.File("data"));
        Shell
            .RunInterrupted(
                source,
                [
                    "train",
                    work.Config,
                    "--out",
                    work.File("run"),
                    "--data",
                    work.File("data"),
                    "--set",
                    "data.trainCount=null",
                    "data.testCount=null",
                ]
            )
            .Expect(130);
        Shell.Run("report", work.File("run")).Expect(0);
        Assert.Contains(
            "The run is not finished",
            File.ReadAllText(work.File("run", "report.html")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Folders_without_a_run_are_told()
    {
        using var work = new Workspace();
        Assert.Contains(
            "does not exist",
            Shell.Run("report", work.File("nowhere")).Expect(2).ErrorLine,
            StringComparison.Ordinal
        );
        Assert.Contains("neither a run", Shell.Run("report", work.Path).Expect(2).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_log_is_told_with_its_line()
    {
        using var work = new Workspace();
        string run = work.Train("run");
        string metrics = Path.Combine(run, "metrics.jsonl");
        string[] lines = File.ReadAllLines(metrics);
        lines[2] = "oops";
        File.WriteAllLines(metrics, lines);
        Assert.Contains("line 3 is damaged", Shell.Run("report", run).Expect(1).ErrorLine, StringComparison.Ordinal);
    }
}
