using Evenkeel.Configuration;
using Evenkeel.Ranks;

namespace Evenkeel.Runs.Tests;

public sealed class FailingRunTests : IDisposable
{
    private readonly RunWorkspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void A_folder_that_is_not_free_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(_work.File("taken"));
        File.WriteAllText(_work.File("taken/notes.txt"), "mine");
        var error = Assert.Throws<RunFolderException>(() =>
            TrainingRun.Start(RunWorkspace.Config, _work.File("taken"))
        );
        Assert.Contains("the folder is not empty", error.Message, StringComparison.Ordinal);
        Assert.Equal([_work.File("taken/notes.txt")], Directory.GetFileSystemEntries(_work.File("taken")));
    }

    [Fact]
    public void Where_no_run_is_none_goes_on()
    {
        var error = Assert.Throws<RunFolderException>(() => TrainingRun.Resume(_work.File("nothing")));
        Assert.Contains("this is not the folder of a run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_do_not_train_in_one_folder()
    {
        var host = new ListeningHost(_ =>
            Assert.Throws<RunFolderException>(() => TrainingRun.Resume(_work.File("run")))
        );
        Assert.True(TrainingRun.Start(RunWorkspace.Config with { Steps = 2 }, _work.File("run"), host).IsDone);
    }

    [Fact]
    public void A_change_that_makes_another_run_is_refused()
    {
        RunConfig config = RunWorkspace.Config;
        TrainingRun.Start(config with { Steps = 2 }, _work.File("run"));
        var error = Assert.Throws<ConfigurationException>(() =>
            TrainingRun.Resume(_work.File("run"), config with { Training = config.Training with { Seed = 9 } })
        );
        Assert.Contains("'seed' cannot change when a run is resumed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_out_of_range_is_refused_before_anything_is_written()
    {
        var error = Assert.Throws<ConfigurationException>(() =>
            TrainingRun.Start(RunWorkspace.Config with { KeepCheckpoints = 0 }, _work.File("run"))
        );
        Assert.Contains("keepCheckpoints", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_work.File("run")));
    }

    [Fact]
    public void Patience_without_evaluations_is_refused()
    {
        var error = Assert.Throws<ConfigurationException>(() =>
            TrainingRun.Start(RunWorkspace.Config with { Patience = 2, EvaluateEvery = 0 }, _work.File("run"))
        );
        Assert.Contains("patience: it counts evaluations", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_field_is_named_with_its_text()
    {
        var error = Assert.Throws<ConfigurationException>(() => RunConfig.Parse("""{"network": {"name": "minst"}}"""));
        Assert.StartsWith("the configuration: network.name: 'minst'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_cannot_go_on_saves_its_state_and_says_where()
    {
        var host = new ListeningHost(progress =>
        {
            if (progress.Step == 3)
                throw new InvalidOperationException("the queue is gone");
        });
        var error = Assert.Throws<RunStoppedException>(() =>
            TrainingRun.Start(RunWorkspace.Config, _work.File("run"), host)
        );
        Assert.Contains(
            "Training stopped after step 3 of 20; its state is saved",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("the queue is gone", error.InnerException!.Message);
        Assert.Equal(_work.File("run"), error.ResumableFolder);
        Assert.Equal(3, Checkpoint.StepsDone(new RunFiles(_work.File("run")).Last));
        Assert.True(TrainingRun.Resume(_work.File("run")).IsDone);
    }

    [Fact]
    public void What_is_deleted_of_a_run_is_made_again_and_told_once()
    {
        var files = new RunFiles(_work.File("run"));
        var host = new ListeningHost(progress =>
        {
            if (progress.Step == 6)
                File.Delete(files.Metrics);
        });
        TrainingRun.Start(RunWorkspace.Config, files.Folder, host);
        Assert.Equal(20, files.ReadMetrics().Series("loss").Values.Count);
        Assert.Contains("metrics.jsonl was deleted", Assert.Single(host.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_rank_alone_runs_and_the_others_alone_follow()
    {
        var error = Assert.Throws<CommunicatorException>(() =>
            InProcessRanks.Run(2, ranks => TrainingRun.Start(RunWorkspace.Config, _work.File("run"), ranks: ranks))
        );
        Assert.Contains("only the other ranks call Follow", error.Message, StringComparison.Ordinal);
    }
}
