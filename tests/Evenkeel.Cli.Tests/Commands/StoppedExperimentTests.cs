using Evenkeel.Cli.Terminal;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Experiments that are stopped, or cannot write one of their files, leave and print all the others.</summary>
public sealed class StoppedExperimentTests
{
    private static readonly string[] Networks = ["with-bn.safetensors", "without-bn.safetensors"];

    [Fact]
    public void An_interrupted_experiment_leaves_what_it_has_so_far()
    {
        using var work = new Workspace();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Outcome outcome = Shell.RunInterrupted(source, Mnist(work)).Expect(ExitCode.Interrupted);
        Assert.Equal("evenkeel: interrupted.", outcome.Error.TrimEnd().Split('\n')[^1]);
        Assert.All(Networks, file => Assert.True(File.Exists(work.File("out", file)), file));
        Assert.Contains(
            "The experiment was stopped",
            File.ReadAllText(work.File("out", "report.json")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_report_that_cannot_be_written_takes_nothing_else_with_it()
    {
        using var work = new Workspace();
        Directory.CreateDirectory(work.File("out", "report.html"));
        Outcome outcome = Shell.Run(Mnist(work)).Expect(ExitCode.Failed);
        Assert.Contains("with BN", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("evenkeel: report.html: not saved. ", outcome.Error, StringComparison.Ordinal);
        Assert.All(Networks, file => Assert.True(File.Exists(work.File("out", file)), file));
        Assert.DoesNotContain(
            "The experiment was stopped",
            File.ReadAllText(work.File("out", "report.json")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_network_that_cannot_be_written_does_not_stop_the_others()
    {
        using var work = new Workspace();
        Directory.CreateDirectory(work.File("out", "inception.safetensors"));
        string[] small = ["--width", "0.05", "--steps", "1", "--test-count", "20", "--classes", "5"];
        Outcome outcome = Shell
            .Run(["reproduce", "inception", .. small, "--only", "Inception", "BN-x5", "--out", work.File("out")])
            .Expect(ExitCode.Failed);
        Assert.Contains("evenkeel: inception.safetensors: not saved. ", outcome.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(work.File("out", "bn-x5.safetensors")));
        Assert.True(File.Exists(work.File("out", "report.html")));
    }

    private static string[] Mnist(Workspace work) =>
        [
            "reproduce",
            "mnist",
            "--data",
            MnistFolder.Create(work.File("data"), trainLabels: 120, trainImages: 120),
            "--steps",
            "2",
            "--out",
            work.File("out"),
        ];
}
