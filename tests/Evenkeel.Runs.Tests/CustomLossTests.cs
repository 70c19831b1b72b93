using Evenkeel.Configuration;

namespace Evenkeel.Runs.Tests;

/// <summary>Runs by a loss of the program.</summary>
public sealed class CustomLossTests : IDisposable
{
    private readonly RunWorkspace _work = new();

    // Less than the sample costs twice as much as more than it.
    private static CustomLoss Cost { get; } =
        new(
            "cost",
            (output, target, gradient) =>
            {
                float over = output[0] - target[0];
                gradient[0] = over < 0 ? -2 : 1;
                return gradient[0] * over;
            }
        );

    // Of classes that the output has a value each for: 1 less what the right one is ahead of the other.
    private static CustomLoss Margin { get; } =
        new(
            "margin",
            (output, labels, gradient) =>
            {
                int right = labels[0];
                float loss = 1 - output[right] + output[1 - right];
                gradient[right] = loss > 0 ? -1 : 0;
                gradient[1 - right] = -gradient[right];
                return MathF.Max(loss, 0);
            },
            classes: 2
        );

    private static RunConfig Config(int units, Loss loss)
    {
        RunConfig config = RunConfig.Parse(
            $$"""
            {
              "network": {"layers": [{"type": "linear", "units": {{units}}}]},
              "data": {"type": "given", "shape": [2], "validation": 40},
              "loss": {"type": "custom", "name": "set by the program" {{(units == 2 ? ", \"classes\": 2" : "")}}},
              "batchSize": 20, "steps": 60, "learningRate": 0.1, "evaluateEvery": 10, "checkpointEvery": 10, "threads": 1
            }
            """
        );
        return config with { Training = config.Training with { Loss = loss } };
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void A_stopped_run_goes_on_when_the_program_gives_the_loss_again()
    {
        RunConfig config = Config(1, Cost).WithData(Sums(), Sums());
        RunOutcome straight = TrainingRun.Start(config, _work.File("straight"));
        // The sums lie in [-2, 2] and within reach of the layer.
        Assert.InRange(straight.Result!.TestScore!.Value, 0, 0.1);
        Assert.Equal("custom loss", straight.Result.BestTestScore!.Name);
        Assert.False(straight.Result.BestTestScore.MoreIsBetter);

        using var source = new CancellationTokenSource();
        var stop = ListeningHost.StopAfter(27, source);
        TrainingRun.Start(config, _work.File("parted"), stop, cancellation: source.Token);
        RunConfig record = RunConfig.Load(_work.File("parted/run.json")).WithData(Sums(), Sums());
        RunConfig again = record with { Training = record.Training with { Loss = Cost } };
        RunOutcome resumed = TrainingRun.Resume(_work.File("parted"), again);
        Assert.Equal(File.ReadAllBytes(straight.Files.Last), File.ReadAllBytes(resumed.Files.Last));
        Assert.Equal(File.ReadAllText(straight.Files.Metrics), File.ReadAllText(resumed.Files.Metrics));
        Assert.Equal(straight.Result.BestScore, resumed.Result!.BestScore);
    }

    [Fact]
    public void Class_labels_are_learned_by_a_loss_of_their_own()
    {
        RunOutcome outcome = TrainingRun.Start(Config(2, Margin).WithData(Signs(), Signs()), _work.File("run"));
        Assert.InRange(outcome.Result!.TestScore!.Value, 0, 0.5);
        var read = (CustomLoss)RunConfig.Load(outcome.Files.Record).Training.Loss;
        Assert.Equal((Margin.Name, 2, 1), (read.Name, read.Classes, read.TargetLength));
    }

    [Fact]
    public void A_run_does_not_begin_or_go_on_without_the_code_or_with_another_loss()
    {
        RunConfig config = Config(1, Cost).WithData(Sums(), Sums());
        string folder = TrainingRun.Start(config with { Steps = 10 }, _work.File("run")).Files.Folder;
        RunConfig record = RunConfig.Load(Path.Combine(folder, "run.json")).WithData(Sums(), Sums());
        Says("'cost' is a custom loss, whose code only a program has", () => TrainingRun.Resume(folder, record));
        Says(
            "'cost' is a custom loss, whose code only a program has",
            () => TrainingRun.Start(record, _work.File("new"))
        );
        Assert.False(Directory.Exists(_work.File("new")));
        var other = new CustomLoss("other", (_, _, gradient) => gradient[0] = 0);
        RunConfig changed = config with { Training = config.Training with { Loss = other } };
        Says("'loss' cannot change when a run is resumed", () => TrainingRun.Resume(folder, changed));
        Assert.Equal(20, TrainingRun.Resume(folder, config with { Steps = 20 }).Steps);
    }

    private static void Says(string message, Action action)
    {
        string line = Assert.Throws<ConfigurationException>(action).Message;
        Assert.Contains(message, line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    private static float[] Places() => [.. Enumerable.Range(0, 800).Select(i => MathF.Sin(i * i))];

    private static ITargetDataset Sums() =>
        ArrayDataset.WithTargets("sums", Places(), [2], [.. Places().Chunk(2).Select(p => p[0] - p[1])], [1]);

    private static ArrayDataset Signs() =>
        new("signs", Places(), [.. Places().Chunk(2).Select(p => p[0] > p[1] ? 1 : 0)], [2], 2);
}
