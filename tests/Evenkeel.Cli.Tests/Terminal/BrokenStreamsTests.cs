using System.Diagnostics;
using Evenkeel.Cli.Terminal;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Terminal;

/// <summary>Logs that cannot be written stop nothing; results that cannot be written are an error; limits of the system are told.</summary>
public sealed class BrokenStreamsTests
{
    private const string NeedsLinux = "needs /dev/full and the limits of a shell";

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public void A_log_that_cannot_be_written_does_not_stop_training(string redirection)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        using var work = new Workspace();
        Outcome outcome = Run("", redirection, "train", work.Config, "--out", work.File("run"), "--json").Expect(0);
        Assert.Equal("done", outcome.Json.GetProperty("status").GetString());
        Assert.True(File.Exists(work.File("run", "report.html")));
    }

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public void An_error_that_cannot_be_told_keeps_its_code(string redirection)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        Run("", redirection, "train", "no-such.json").Expect(ExitCode.Usage);
    }

    [Fact]
    public void A_log_without_a_reader_does_not_stop_training()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        using var work = new Workspace();
        using Process process = Shell.StartIn("", "", "train", work.Config, "--out", work.File("run"));
        process.StandardError.Dispose();
        Assert.Contains("report.html", process.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
        process.WaitForExit();
        Assert.Equal(ExitCode.Done, process.ExitCode);
    }

    [Theory]
    [InlineData(">/dev/full", "plan", "mnist", "--json")]
    [InlineData(">/dev/full", "plan", "mnist")]
    [InlineData(">/dev/full", "--help")]
    [InlineData(">&-", "plan", "mnist", "--json")]
    [InlineData(">&-", "plan", "--help")]
    public void A_result_that_cannot_be_written_is_an_error_that_says_so(string redirection, params string[] args)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        string line = Run("", redirection, args).Expect(ExitCode.NoOutput).ErrorLine;
        Assert.StartsWith("evenkeel: standard output: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("folder", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ulimit -n 64", "ulimit -n 1024")]
    [InlineData("ulimit -f 40000", "DOTNET_EnableWriteXorExecute=0")]
    public void Limits_under_which_the_runtime_would_die_are_told_with_the_remedy(string limit, string remedy)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        string line = Run(limit, "", "plan", "mnist").Expect(ExitCode.Failed).ErrorLine;
        Assert.Contains(remedy, line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_too_large_for_the_limit_is_not_written_and_the_advice_fits()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        using var work = new Workspace();
        string run = work.Train("run", "--set", "network.layers.0.units=1000"),
            best = Path.Combine(run, "checkpoints", "best.safetensors"),
            model = work.File("out", "model.onnx");
        string limits = "export DOTNET_EnableWriteXorExecute=0; ulimit -f 100";
        string line = Run(limits, "", "export", best, "--out", model).Expect(ExitCode.Failed).ErrorLine;
        Assert.StartsWith(
            $"evenkeel: The file would exceed the limit on file sizes : '{model}'. ",
            line,
            StringComparison.Ordinal
        );
        Assert.Contains("ulimit -f", line, StringComparison.Ordinal);
        Assert.DoesNotContain("train", line, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(work.File("out")));
    }

    [Fact]
    public void A_checkpoint_that_is_too_large_for_the_limit_does_not_stop_training()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        using var work = new Workspace();
        string limits = "export DOTNET_EnableWriteXorExecute=0; ulimit -f 100";
        string[] train = ["train", work.Config, "--out", work.File("run"), "--set", "network.layers.0.units=1000"];
        Outcome outcome = Run(limits, "", train).Expect(ExitCode.Failed);
        Assert.Contains("20/20 steps", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(
            "its state is not saved: The file would exceed the limit on file sizes",
            outcome.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(24, File.ReadAllLines(work.File("run", "metrics.jsonl")).Length);
    }

    private static Outcome Run(string before, string redirections, params string[] args)
    {
        using Process process = Shell.StartIn(before, redirections, args);
        return Shell.Finish(process);
    }
}
