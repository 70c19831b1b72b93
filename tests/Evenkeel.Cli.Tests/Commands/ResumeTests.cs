using System.Diagnostics;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class ResumeTests
{
    [Theory]
    [InlineData("momentum")]
    [InlineData("adam")]
    public void A_run_that_stopped_gives_the_same_bits_on_any_number_of_threads(string optimizer)
    {
        using var work = new Workspace();
        string[] options = ["--set", $"optimizer={{\"type\":\"{optimizer}\",\"learningRate\":0.01}}", "clipNorm=2"];
        string straight = work.Train("straight", [.. options, "--steps", "60", "--threads", "1"]);
        string parted = work.Train("parted", [.. options, "--steps", "25", "--threads", "3"]);
        Shell.Run("train", "--resume", parted, "--steps", "60", "--threads", "2").Expect(0);

        foreach (string checkpoint in new[] { "last.safetensors", "best.safetensors", "step-60.safetensors" })
            SameTensors.Check(straight, parted, checkpoint);
        Assert.Equal(
            File.ReadAllText(Path.Combine(straight, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(parted, "metrics.jsonl"))
        );
    }

    [Fact]
    public void An_interrupted_run_says_how_to_go_on_and_does()
    {
        using var work = new Workspace();
        using var source = new CancellationTokenSource();
        source.Cancel();
        // Data that is made before the first step is made under the same interruption, so this one is from files.
        MnistFolder.Create(work.File("data"));
        string[] train =
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
        ];
        Outcome stopped = Shell.RunInterrupted(source, train).Expect(130);
        Assert.Contains($"train --resume {work.File("run")}", stopped.Error, StringComparison.Ordinal);
        Shell.Run("train", "--resume", work.File("run")).Expect(0);
        Assert.False(File.Exists(work.File("run", "run.lock")));
    }

    [Fact]
    public void Lines_after_the_checkpoint_are_written_again_once()
    {
        using var work = new Workspace();
        string run = work.Train("run");
        string metrics = Path.Combine(run, "metrics.jsonl");
        string whole = File.ReadAllText(metrics);
        File.Copy(
            Path.Combine(run, "checkpoints", "step-10.safetensors"),
            Path.Combine(run, "checkpoints", "last.safetensors"),
            true
        );
        File.AppendAllText(metrics, "{\"step\":21,\"lo");
        Shell.Run("train", "--resume", run).Expect(0);
        Assert.Equal(whole, File.ReadAllText(metrics));
    }

    [Fact]
    public void A_finished_run_that_goes_on_without_more_steps_changes_nothing()
    {
        using var work = new Workspace();
        string run = work.Train("run");
        string before = File.ReadAllText(Path.Combine(run, "metrics.jsonl"));
        Shell.Run("train", "--resume", run).Expect(0);
        Assert.Equal(before, File.ReadAllText(Path.Combine(run, "metrics.jsonl")));
    }

    [Theory]
    [InlineData("batchSize=10", "batchSize")]
    [InlineData("optimizer.learningRate=0.5", "optimizer")]
    [InlineData("scaleLearningRate={\"type\":\"linear\",\"baseBatchSize\":5}", "scaleLearningRate")]
    [InlineData("network.layers.0.units=5", "network")]
    [InlineData("data.encoding=unit", "data")]
    public void Settings_that_make_another_run_are_refused(string change, string field)
    {
        using var work = new Workspace();
        string run = work.Train("run");
        Outcome outcome = Shell.Run("train", "--resume", run, "--set", change).Expect(2);
        Assert.Contains($"'{field}' cannot change", outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_refused()
    {
        using var work = new Workspace();
        string run = work.Train("run");
        string other = work.Train("other", "--set", "network.layers.0.units=5");
        File.Copy(
            Path.Combine(other, "checkpoints", "last.safetensors"),
            Path.Combine(run, "checkpoints", "last.safetensors"),
            true
        );
        Outcome outcome = Shell.Run("train", "--resume", run).Expect(1);
        Assert.Contains("it was written with graph", outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_cannot_be_trained_by_two_processes()
    {
        using var work = new Workspace();
        string run = work.Train("run");
        using var held = new FileStream(
            Path.Combine(run, "run.lock"),
            FileMode.Create,
            FileAccess.ReadWrite,
            FileShare.None
        );
        Outcome outcome = Shell.Run("train", "--resume", run).Expect(2);
        Assert.Contains("another process is training there", outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_is_told_to_end_saves_and_can_go_on()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var work = new Workspace();
        using Process process = Shell.Start(
            "train",
            work.Config,
            "--out",
            work.File("run"),
            "--steps",
            "100000000",
            "--set",
            "checkpointEvery=0"
        );
        // Once there is a line in the log, the steps are going on.
        var waited = Stopwatch.StartNew();
        while (
            !File.Exists(work.File("run", "checkpoints", "best.safetensors"))
            && waited.Elapsed < TimeSpan.FromMinutes(1)
        )
            Thread.Sleep(20);
        Signals.Terminate(process);
        Outcome outcome = Shell.Finish(process).Expect(130);
        Assert.Contains("train --resume", outcome.Error, StringComparison.Ordinal);
        string last = work.File("run", "checkpoints", "last.safetensors");
        using SafeTensorsReader reader = SafeTensorsReader.Open(last);
        long done = long.Parse(reader.Metadata["evenkeel.step"], System.Globalization.CultureInfo.InvariantCulture);
        Outcome resumed = Shell
            .Run("train", "--resume", work.File("run"), "--steps", $"{done + 5}", "--json")
            .Expect(0);
        Assert.Equal(done + 5, resumed.Json.GetProperty("steps").GetInt64());
    }
}
