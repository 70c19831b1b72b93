using Evenkeel.Ranks;
using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Runs.Tests;

public sealed class TrainingRunTests : IDisposable
{
    private readonly RunWorkspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void A_run_says_what_came_out_and_where_it_lies()
    {
        var host = new ListeningHost();
        RunOutcome outcome = TrainingRun.Start(RunWorkspace.Config, _work.File("run"), host);

        Assert.True(outcome.IsDone);
        Assert.Equal((20, 20), (outcome.Steps, outcome.TotalSteps));
        Assert.Equal(Enumerable.Range(1, 20), host.Steps.Select(s => (int)s.Step));
        Assert.Null(host.Steps[3].Score);
        Assert.Matches(@"^accuracy [\d.]+%$", host.Steps[4].Score!.ToString());
        Assert.Empty(host.Notes);
        RunFiles files = outcome.Files;
        Assert.All([files.Record, files.Metrics, files.Page, files.Last, files.Best], f => Assert.True(File.Exists(f)));
        Assert.Contains(host.Command, File.ReadAllText(files.Record), StringComparison.Ordinal);
        Assert.False(File.Exists(_work.File("run/run.lock")));
    }

    [Fact]
    public void Metrics_and_models_of_a_run_are_read()
    {
        RunOutcome outcome = TrainingRun.Start(RunWorkspace.Config, _work.File("run"));

        RunResult result = outcome.Result!;
        MetricsHistory metrics = outcome.Files.ReadMetrics();
        Assert.Equal(20, metrics.Series("loss").Values.Count);
        (IReadOnlyList<double> steps, IReadOnlyList<double> accuracies) = metrics.Series("accuracy");
        Assert.Equal([5, 10, 15, 20], steps);
        Assert.Equal(result.Score.Value, accuracies[^1]);
        Assert.Equal(result.BestScore.Value, accuracies.Max());
        using Model best = Model.Load(outcome.Files.Model!);
        IDataset test = Digits.GenerateTest(60, PixelEncoding.Binary);
        Assert.Equal(result.BestTestScore!.Value, best.Evaluate(test).Accuracy);
    }

    [Fact]
    public void A_stopped_run_goes_on_to_the_bits_of_one_that_never_stopped()
    {
        RunFiles straight = TrainingRun.Start(RunWorkspace.Config, _work.File("straight")).Files;
        using var source = new CancellationTokenSource();
        RunOutcome stopped = TrainingRun.Start(
            RunWorkspace.Config,
            _work.File("parted"),
            ListeningHost.StopAfter(7, source),
            cancellation: source.Token
        );
        Assert.False(stopped.IsDone);
        Assert.Equal((7, 20), (stopped.Steps, stopped.TotalSteps));

        var host = new ListeningHost();
        RunOutcome resumed = TrainingRun.Resume(stopped.Files.Folder, host: host);
        Assert.True(resumed.IsDone);
        Assert.Equal(8, host.Steps[0].Step);
        Same(straight, resumed.Files);
    }

    [Fact]
    public void A_run_goes_on_for_longer_on_other_threads()
    {
        RunConfig config = RunWorkspace.Config;
        RunFiles straight = TrainingRun.Start(config, _work.File("straight")).Files;
        TrainingRun.Start(config with { Steps = 10 }, _work.File("parted"));
        RunConfig longer = config with { Training = config.Training with { Threads = 2 } };
        Same(straight, TrainingRun.Resume(_work.File("parted"), longer).Files);
    }

    [Fact]
    public void A_run_without_progress_ends_early_also_after_a_stop()
    {
        const int patience = 3;
        RunConfig config = RunWorkspace.Config with { Steps = 400 };
        RunFiles whole = TrainingRun.Start(config, _work.File("whole")).Files;
        (IReadOnlyList<double> steps, IReadOnlyList<double> accuracies) = whole.ReadMetrics().Series("accuracy");
        int best = 0,
            last = 0;
        for (; last - best < patience; last++)
            best = accuracies[last + 1] > accuracies[best] ? last + 1 : best;

        var host = new ListeningHost();
        RunConfig patient = config with { Patience = patience };
        RunOutcome early = TrainingRun.Start(patient, _work.File("early"), host);
        Assert.Equal((steps[last], steps[best]), (early.Steps, early.Result!.BestStep));
        Assert.Contains($"3 evaluations were no better than that of step {steps[best]}", Assert.Single(host.Notes));

        using var source = new CancellationTokenSource();
        host = ListeningHost.StopAfter((long)steps[last] - 2, source);
        TrainingRun.Start(patient, _work.File("parted"), host, cancellation: source.Token);
        Same(early.Files, TrainingRun.Resume(_work.File("parted")).Files);
        Assert.Equal(early.Steps, TrainingRun.Resume(_work.File("parted")).Steps);
    }

    [Fact]
    public void Ranks_train_to_the_bits_of_one()
    {
        RunConfig config = RunWorkspace.Config;
        RunFiles alone = TrainingRun.Start(config, _work.File("alone")).Files;
        InProcessRanks.Run(
            2,
            ranks =>
            {
                if (ranks.Rank == 0)
                    Assert.True(TrainingRun.Start(config, _work.File("ranks"), ranks: ranks).IsDone);
                else
                    TrainingRun.Follow(config, ranks);
            }
        );
        Same(alone, new RunFiles(_work.File("ranks")));
    }

    [Fact]
    public void A_run_begins_with_the_best_weights_of_another()
    {
        RunFiles first = TrainingRun.Start(RunWorkspace.Config, _work.File("first")).Files;
        RunConfig second = RunWorkspace.Config with { Init = first.Folder, Steps = 1 };
        double loss = TrainingRun.Start(second, _work.File("second")).Files.ReadMetrics().Series("loss").Values[0];
        Assert.True(loss < first.ReadMetrics().Series("loss").Values[0]);
    }

    // Whole files: when and on what a run was made is in its record alone.
    private static void Same(RunFiles expected, RunFiles actual)
    {
        Assert.Equal(File.ReadAllText(expected.Metrics), File.ReadAllText(actual.Metrics));
        Assert.Equal(File.ReadAllBytes(expected.Last), File.ReadAllBytes(actual.Last));
        Assert.Equal(File.ReadAllBytes(expected.Best), File.ReadAllBytes(actual.Best));
    }
}
