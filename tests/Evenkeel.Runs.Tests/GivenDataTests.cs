using Evenkeel.Configuration;
using Evenkeel.Ranks;

namespace Evenkeel.Runs.Tests;

/// <summary>Runs on data sets of the program.</summary>
public sealed class GivenDataTests : IDisposable
{
    private readonly RunWorkspace _work = new();

    private static RunConfig Config { get; } =
        RunConfig.Parse(
            """
            {
              "network": {"layers": [{"type": "linear", "units": 12}, {"type": "relu"}, {"type": "linear", "units": 2}], "batchNorm": true},
              "data": {"type": "given", "shape": [2], "validation": 40},
              "batchSize": 20, "steps": 60, "learningRate": 0.1, "slices": 2, "evaluateEvery": 10, "checkpointEvery": 10, "threads": 1
            }
            """
        );

    public void Dispose() => _work.Dispose();

    [Fact]
    public void A_stopped_run_goes_on_with_the_same_data()
    {
        RunConfig config = Config.WithData(Circle(400, 1), Circle(200, 2));
        RunOutcome straight = TrainingRun.Start(config, _work.File("straight"));
        Assert.InRange(straight.Result!.TestScore!.Value, 0.75, 1);

        using var source = new CancellationTokenSource();
        var stop = ListeningHost.StopAfter(27, source);
        TrainingRun.Start(config, _work.File("parted"), stop, cancellation: source.Token);
        RunConfig again = RunConfig.Load(_work.File("parted/run.json")).WithData(Circle(400, 1), Circle(200, 2));
        RunOutcome resumed = TrainingRun.Resume(_work.File("parted"), again);
        Assert.Equal(File.ReadAllBytes(straight.Files.Last), File.ReadAllBytes(resumed.Files.Last));
        Assert.Equal(File.ReadAllText(straight.Files.Metrics), File.ReadAllText(resumed.Files.Metrics));
    }

    [Fact]
    public void A_run_does_not_go_on_with_other_data_or_without()
    {
        RunConfig config = Config.WithData(Circle(400, 1), Circle(200, 2));
        string folder = TrainingRun.Start(config with { Steps = 10 }, _work.File("run")).Files.Folder;
        foreach ((int train, int seed) in ((int, int)[])[(400, 3), (401, 1)])
        {
            RunConfig other = config.WithData(Circle(train, seed), Circle(200, 2));
            Says("'data' cannot change when a run is resumed", () => TrainingRun.Resume(folder, other));
        }

        Says(
            "'circle' is data that a program gives; give it to the run in that program",
            () => TrainingRun.Resume(folder)
        );
        Assert.Equal(20, TrainingRun.Resume(folder, config with { Steps = 20 }).Steps);
    }

    [Fact]
    public void Data_that_a_network_cannot_take_is_refused_before_a_folder_is_made()
    {
        RunConfig config = Config.WithData(Circle(400, 1).AsAutoencoder(), Circle(200, 2));
        Assert.Throws<GraphException>(() => TrainingRun.Start(config, _work.File("run")));
        Says("'given data' is data that a program gives", () => TrainingRun.Start(Config, _work.File("run")));
        Assert.False(Directory.Exists(_work.File("run")));
    }

    [Fact]
    public void Ranks_train_on_the_data_of_their_programs()
    {
        RunConfig config = Config.WithData(Circle(400, 1), Circle(200, 2));
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
        Assert.Equal(File.ReadAllBytes(alone.Last), File.ReadAllBytes(new RunFiles(_work.File("ranks")).Last));
    }

    [Fact]
    public void Float_targets_are_learned_and_followed_by_their_error()
    {
        float[] places = [.. Enumerable.Range(0, 600).Select(i => MathF.Sin(i * i))];
        float[] sums = [.. places.Chunk(2).Select(p => p[0] - p[1])];
        ITargetDataset data = ArrayDataset.WithTargets("sums", places, [2], sums, [1]);
        RunConfig config = RunConfig.Parse(
            """
            {
              "network": {"layers": [{"type": "linear", "units": 1}]},
              "data": {"type": "given", "shape": [2], "validation": 40},
              "loss": {"type": "meanSquaredError"}, "batchSize": 20, "steps": 200, "threads": 1
            }
            """
        );
        RunOutcome outcome = TrainingRun.Start(config.WithData(data, data), _work.File("run"));
        // The sum is within reach of one linear layer.
        Assert.InRange(outcome.Result!.TestScore!.Value, 0, 0.01);
    }

    private static void Says(string message, Action action)
    {
        string line = Assert.Throws<ConfigurationException>(action).Message;
        Assert.Contains(message, line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    private static ArrayDataset Circle(int count, int seed)
    {
        var random = new Random(seed);
        float[] places = [.. Enumerable.Range(0, 2 * count).Select(_ => (2 * random.NextSingle()) - 1)];
        int[] labels = [.. places.Chunk(2).Select(p => (p[0] * p[0]) + (p[1] * p[1]) > 0.6f ? 1 : 0)];
        return new ArrayDataset("circle", places, labels, [2], 2);
    }
}
