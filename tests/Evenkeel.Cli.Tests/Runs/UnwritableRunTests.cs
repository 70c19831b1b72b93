using Evenkeel.Cli.Terminal;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Cli.Tests.Runs;

/// <summary>
/// A run whose files cannot be written trains on, tells so, and writes them when it can. A folder or a file in the place of the other
/// fails as a full disk does, for every user.
/// </summary>
public sealed class UnwritableRunTests
{
    [Fact]
    public void Metrics_that_cannot_be_written_are_told_once_and_written_later()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "open files cannot be deleted there");
        using var work = new Workspace();
        string straight = work.Train("straight"),
            metrics = work.File("run", "metrics.jsonl");
        var training = new WatchedTraining(step =>
        {
            if (step == 6)
            {
                File.Delete(metrics);
                Directory.CreateDirectory(metrics);
            }
            else if (step == 18)
            {
                Directory.Delete(metrics);
            }
        });
        Assert.Equal(ExitCode.Done, training.Train(work));
        Assert.Single(
            training.Notes,
            note => note.Contains("metrics.jsonl cannot be written", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(training.Notes, note => note.Contains("lacks", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllText(Path.Combine(straight, "metrics.jsonl")), File.ReadAllText(metrics));
    }

    [Fact]
    public void Metrics_that_are_lost_are_counted_at_the_end_and_a_resume_goes_on_behind_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "open files cannot be deleted there");
        using var work = new Workspace();
        string metrics = work.File("run", "metrics.jsonl");
        using var source = new CancellationTokenSource();
        var training = new WatchedTraining(step =>
        {
            if (step == 6)
            {
                File.Delete(metrics);
                Directory.CreateDirectory(metrics);
            }
            else if (step == 18)
            {
                source.Cancel();
            }
        });
        Assert.Equal(ExitCode.Interrupted, training.Train(work, source.Token));
        Assert.Contains(training.Notes, note => note.Contains("metrics.jsonl lacks", StringComparison.Ordinal));
        Directory.Delete(metrics);
        Shell.Run("train", "--resume", work.File("run")).Expect(0);
        Assert.Equal(
            [19, 20],
            MetricsHistory.Read(metrics).Rows.Where(r => r.Values.ContainsKey("loss")).Select(r => r.Step)
        );
    }

    [Fact]
    public void Checkpoints_that_cannot_be_written_are_tried_again()
    {
        using var work = new Workspace();
        string checkpoints = work.File("run", "checkpoints");
        var training = new WatchedTraining(step =>
        {
            if (step == 7)
            {
                Directory.Delete(checkpoints, recursive: true);
                File.WriteAllText(checkpoints, "in the way");
            }
            else if (step == 16)
            {
                File.Delete(checkpoints);
            }
        });
        Assert.Equal(ExitCode.Done, training.Train(work));
        Assert.Single(
            training.Notes,
            n => n.Contains("newest checkpoint could not be saved", StringComparison.Ordinal)
        );
        Assert.Single(training.Notes, n => n.Contains("newest checkpoint is saved again", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(checkpoints, "best.safetensors")));
        Shell.Run("train", "--resume", work.File("run"), "--steps", "25").Expect(0);
    }

    [Fact]
    public void A_state_that_cannot_be_saved_at_the_end_is_an_error_beside_the_result()
    {
        using var work = new Workspace();
        string last = work.File("run", "checkpoints", "last.safetensors");
        var training = new WatchedTraining(step => ReplaceByFolder(step, 17, last));
        Assert.Equal(ExitCode.Failed, training.Train(work));
        Assert.StartsWith(
            $"evenkeel: Training ended after step 20 of 20; its state is not saved: '{last}'",
            training.Notes[^1],
            StringComparison.Ordinal
        );
        Assert.Contains(last, training.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_run_that_cannot_save_names_the_newest_checkpoint_that_there_is_and_goes_on_from_it()
    {
        using var work = new Workspace();
        using var source = new CancellationTokenSource();
        string last = work.File("run", "checkpoints", "last.safetensors");
        var training = new WatchedTraining(step =>
        {
            ReplaceByFolder(step, 17, last);
            if (step == 18)
                source.Cancel();
        });
        Assert.Equal(ExitCode.Failed, training.Train(work, source.Token));
        string line = training.Notes[^1];
        Assert.Contains("step-15.safetensors, of step 15; steps after it are lost", line, StringComparison.Ordinal);
        Assert.Contains($"train --resume {work.File("run")}", line, StringComparison.Ordinal);
        Directory.Delete(last);
        Shell.Run("train", "--resume", work.File("run")).Expect(0);
        SameTensors.Check(work.Train("straight"), work.File("run"), "last.safetensors");
    }

    [Fact]
    public void A_run_that_cannot_go_on_saves_its_state_first()
    {
        using var work = new Workspace();
        var training = new WatchedTraining(step =>
        {
            if (step == 13)
                throw new InsufficientMemoryException();
        });
        Assert.Equal(ExitCode.Stopped, training.Train(work));
        string line = training.Notes[^1];
        Assert.StartsWith("evenkeel: not enough memory; ", line, StringComparison.Ordinal);
        Assert.Contains($"after step 13 of 20; its state is saved", line, StringComparison.Ordinal);
        Assert.Contains($"train --resume {work.File("run")}", line, StringComparison.Ordinal);
        string straight = work.Train("straight");
        Shell.Run("train", "--resume", work.File("run")).Expect(0);
        SameTensors.Check(straight, work.File("run"), "last.safetensors");
    }

    [Fact]
    public void A_run_that_cannot_go_on_and_cannot_save_says_where_its_last_checkpoint_is()
    {
        using var work = new Workspace();
        var training = new WatchedTraining(step =>
        {
            if (step == 13)
            {
                Directory.CreateDirectory(work.File("run", "checkpoints", "step-13.safetensors"));
                throw new InsufficientMemoryException();
            }
        });
        Assert.Equal(ExitCode.Failed, training.Train(work));
        string line = training.Notes[^1];
        Assert.Contains("Training ended after step 13 of 20; its state is not saved: ", line, StringComparison.Ordinal);
        Assert.Contains("of step 10; steps after it are lost", line, StringComparison.Ordinal);
        Shell.Run("train", "--resume", work.File("run")).Expect(0);
    }

    private static void ReplaceByFolder(long step, long at, string file)
    {
        if (step != at)
            return;
        File.Delete(file);
        Directory.CreateDirectory(file);
    }
}
