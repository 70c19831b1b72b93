using Evenkeel.Cli.Terminal;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Runs;

namespace Evenkeel.Cli.Tests.Runs;

/// <summary>What is deleted of a run's folder while it trains is made again, so that the run can go on from it.</summary>
public sealed class DeletedFolderTests
{
    private const string NotThere = "open files cannot be deleted there";
    private static readonly string[] Remade = ["was deleted during the run"];

    public static TheoryData<string> Parts =>
        ["", "checkpoints", "run.json", "metrics.jsonl", "run.lock", "tensorboard"];

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_run_ends_with_all_its_files_and_can_go_on(string part)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NotThere);
        using var work = new Workspace();
        string straight = work.Train("straight");
        var training = new WatchedTraining(step => Delete(step, 12, Path.Combine(work.File("run"), part)));
        Assert.Equal(ExitCode.Done, training.Train(work));
        Assert.Contains(training.Notes, note => Remade.All(note.Contains));
        SameTensors.Check(straight, work.File("run"), "last.safetensors");
        Assert.True(File.Exists(work.File("run", "checkpoints", "best.safetensors")));
        Assert.Equal(
            File.ReadAllText(Path.Combine(straight, "metrics.jsonl")),
            File.ReadAllText(work.File("run", "metrics.jsonl"))
        );
        Assert.Single(Directory.GetFiles(work.File("run", "tensorboard")));
        Assert.True(File.Exists(work.File("run", "report.html")));
        Shell.Run("train", "--resume", work.File("run"), "--steps", "25").Expect(0);
    }

    [Fact]
    public void A_folder_that_is_deleted_before_a_run_is_stopped_is_made_again_and_the_advice_works()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NotThere);
        using var work = new Workspace();
        using var source = new CancellationTokenSource();
        var training = new WatchedTraining(step =>
        {
            Delete(step, 12, work.File("run"));
            if (step == 13)
                source.Cancel();
        });
        Assert.Equal(ExitCode.Interrupted, training.Train(work, source.Token));
        Assert.Contains($"train --resume {work.File("run")}", training.Notes[^1], StringComparison.Ordinal);
        Shell.Run("train", "--resume", work.File("run")).Expect(0);
    }

    [Fact]
    public void A_second_process_does_not_get_in_where_the_lock_was_deleted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NotThere);
        using var work = new Workspace();
        var training = new WatchedTraining(step =>
        {
            Delete(step, 12, work.File("run", "run.lock"));
            if (step == 16)
            {
                Outcome second = Shell.Run("train", "--resume", work.File("run")).Expect(ExitCode.Usage);
                Assert.Contains("another process is training there", second.ErrorLine, StringComparison.Ordinal);
            }
        });
        Assert.Equal(ExitCode.Done, training.Train(work));
    }

    [Fact]
    public void A_run_ends_where_another_took_its_folder_and_advises_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NotThere);
        using var work = new Workspace();
        RunLock? other = null;
        var training = new WatchedTraining(step =>
        {
            Delete(step, 12, work.File("run", "run.lock"));
            if (step == 12)
                other = new RunLock(work.File("run"));
        });
        Assert.Equal(ExitCode.Failed, training.Train(work));
        Assert.Contains("another process trains in it now", training.Notes[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("--resume", training.Notes[^1], StringComparison.Ordinal);
        Assert.True(other!.IsThere);
        other.Dispose();
    }

    private static void Delete(long step, long at, string path)
    {
        if (step != at)
            return;
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }
}
