using System.Text.Json;
using Evenkeel.Cli.Runs;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class TrainCommandTests
{
    [Fact]
    public void A_run_leaves_all_its_files()
    {
        using var work = new Workspace();
        Outcome outcome = Shell.Run("train", work.Config, "--out", work.File("run")).Expect(0);
        Assert.Contains(
            "The best model was chosen by its accuracy on the test data",
            outcome.Out,
            StringComparison.Ordinal
        );
        Assert.Contains("training: 20/20 steps (100%)", outcome.Error, StringComparison.Ordinal);
        string[] checkpoints =
        [
            .. Directory.GetFiles(work.File("run", "checkpoints")).Select(Path.GetFileName).Order()!,
        ];
        Assert.Equal(
            [
                "best.safetensors",
                "last.safetensors",
                "step-10.safetensors",
                "step-15.safetensors",
                "step-20.safetensors",
            ],
            checkpoints
        );
        string[] files = [.. Directory.GetFileSystemEntries(work.File("run")).Select(Path.GetFileName).Order()!];
        Assert.Equal(["checkpoints", "metrics.jsonl", "report.html", "report.json", "run.json", "tensorboard"], files);
        Assert.Single(Directory.GetFiles(work.File("run", "tensorboard"), "events.out.tfevents.*"));
    }

    [Fact]
    public void Histograms_of_each_layer_are_written_for_TensorBoard_unless_switched_off()
    {
        using var work = new Workspace();
        string events = File.ReadAllText(
            Directory.GetFiles(Path.Combine(work.Train("run"), "tensorboard")).Single(),
            System.Text.Encoding.Latin1
        );
        string[] tags =
        [
            "train/loss",
            "train/learning_rate",
            "validation/accuracy",
            "gamma/batchnorm1",
            "running_variance/batchnorm2",
            "pre_activation/relu1",
            "pre_activation/sigmoid1",
        ];
        Assert.All(tags, tag => Assert.Contains(tag, events, StringComparison.Ordinal));
        string quiet = work.Train("quiet", "--set", "tensorBoard=false");
        Assert.False(Directory.Exists(Path.Combine(quiet, "tensorboard")));
    }

    [Fact]
    public void Each_step_has_one_line_with_a_loss_and_each_evaluation_one_without()
    {
        using var work = new Workspace();
        string run = work.Train("run");
        MetricsRow[] rows = [.. MetricsHistory.Read(Path.Combine(run, "metrics.jsonl")).Rows];
        MetricsRow[] steps = [.. rows.Where(r => r.Values.ContainsKey("loss"))];
        MetricsRow[] evaluations = [.. rows.Where(r => !r.Values.ContainsKey("loss"))];
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), steps.Select(r => r.Step));
        Assert.All(steps, r => Assert.Equal(0.05, r.Values["learningRate"]));
        Assert.Equal([5, 10, 15, 20], evaluations.Select(r => r.Step));
        Assert.All(evaluations, r => Assert.InRange(r.Values["accuracy"], 0, 1));
    }

    [Fact]
    public void The_record_holds_the_whole_configuration_and_can_be_trained_again_to_the_same_losses()
    {
        using var work = new Workspace();
        string run = work.Train("run");
        JsonElement record = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json"))).RootElement;
        JsonElement config = record.GetProperty("config");
        Assert.Equal("merge", config.GetProperty("lastBatch").GetString());
        Assert.Equal("full", config.GetProperty("shuffle").GetString());
        Assert.Equal(100, config.GetProperty("shards").GetInt32());
        Assert.Contains("unbiased", record.GetProperty("convention").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(
            ".NET",
            record.GetProperty("machine").GetProperty("dotnet").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal(20, record.GetProperty("result").GetProperty("steps").GetInt64());

        string again = work.Write("again.json", config.GetRawText());
        Shell.Run("train", again, "--out", work.File("again")).Expect(0);
        Shell.Run("train", Path.Combine(run, "run.json"), "--out", work.File("once more")).Expect(0);
        foreach (string repeated in new[] { "again", "once more" })
        {
            Assert.Equal(
                File.ReadAllText(Path.Combine(run, "metrics.jsonl")),
                File.ReadAllText(work.File(repeated, "metrics.jsonl"))
            );
        }
    }

    [Fact]
    public void With_json_standard_output_is_one_object()
    {
        using var work = new Workspace();
        Outcome outcome = Shell.Run("train", work.Config, "--out", work.File("run"), "--json").Expect(0);
        Assert.Equal("done", outcome.Json.GetProperty("status").GetString());
        Assert.Equal(20, outcome.Json.GetProperty("steps").GetInt64());
        Assert.InRange(outcome.Json.GetProperty("bestAccuracy").GetDouble(), 0, 1);
    }

    [Fact]
    public void Options_go_before_the_file()
    {
        using var work = new Workspace();
        string run = work.Train(
            "run",
            "--epochs",
            "2",
            "--batch-size",
            "10",
            "--learning-rate",
            "0.01",
            "--seed",
            "9",
            "--set",
            "network.layers.0.units=7",
            "keepCheckpoints=1",
            "lastBatch=drop"
        );
        JsonElement config = JsonDocument
            .Parse(File.ReadAllText(Path.Combine(run, "run.json")))
            .RootElement.GetProperty("config");
        Assert.Equal(2, config.GetProperty("epochs").GetInt32());
        Assert.False(config.TryGetProperty("steps", out _));
        Assert.Equal(10, config.GetProperty("batchSize").GetInt32());
        Assert.Equal(9, config.GetProperty("seed").GetInt32());
        Assert.Equal(0.01, config.GetProperty("optimizer").GetProperty("learningRate").GetProperty("rate").GetDouble());
        Assert.Equal(7, config.GetProperty("network").GetProperty("layers")[0].GetProperty("units").GetInt32());
        Assert.Equal("drop", config.GetProperty("lastBatch").GetString());
        Assert.Single(Directory.GetFiles(Path.Combine(run, "checkpoints"), "step-*"));
        Assert.Equal(
            26,
            JsonDocument
                .Parse(File.ReadAllText(Path.Combine(run, "run.json")))
                .RootElement.GetProperty("result")
                .GetProperty("steps")
                .GetInt64()
        );
    }

    [Fact]
    public void Validation_data_is_held_out_and_the_test_data_judged_at_the_end()
    {
        using var work = new Workspace();
        Outcome outcome = Shell
            .Run("train", work.Config, "--out", work.File("run"), "--json", "--set", "data.validation=30")
            .Expect(0);
        Assert.InRange(outcome.Json.GetProperty("testAccuracy").GetDouble(), 0, 1);
    }

    [Fact]
    public void The_last_and_the_best_model_are_judged_on_the_same_test_data()
    {
        using var work = new Workspace();
        string[] options = ["--out", work.File("run"), "--set", "data.validation=30", "evaluateEvery=1"];
        JsonElement result = Shell.Run(["train", work.Config, "--json", .. options]).Expect(0).Json;
        foreach ((string file, string accuracy) in new[] { ("last", "testAccuracy"), ("best", "bestTestAccuracy") })
        {
            string model = work.File("run", "checkpoints", $"{file}.safetensors");
            Assert.Equal(
                Shell.Run("eval", model, "--json").Expect(0).Json.GetProperty("accuracy").GetDouble(),
                result.GetProperty(accuracy).GetDouble()
            );
        }
    }

    [Fact]
    public void Each_accuracy_of_the_closing_table_stands_beside_its_model()
    {
        using var work = new Workspace();
        string[] options = ["--set", "data.validation=30", "evaluateEvery=5"];
        string[] lines = Shell
            .Run(["train", work.Config, "--out", work.File("run"), .. options])
            .Expect(0)
            .Out.Split('\n');
        Assert.Equal(
            ["model", "step", "validation accuracy", "test accuracy", "file"],
            lines[0].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
        Assert.Matches(@"^last +20 +[\d.]+% +[\d.]+% +.*last\.safetensors$", lines[1]);
        Assert.Matches(@"^best +\d+ +[\d.]+% +[\d.]+% +.*best\.safetensors$", lines[2]);
    }

    [Theory]
    [InlineData("small.json", "small-1")]
    [InlineData("small-3/run.json", "small-1")]
    [InlineData("2024/run.json", "2024-1")]
    public void A_run_is_called_after_its_configuration_or_after_the_run_that_is_repeated(string file, string name) =>
        Assert.Equal(Path.Combine("runs", name), NewRunFolder.Unused(file));

    [Fact]
    public void A_run_begins_with_given_weights()
    {
        using var work = new Workspace();
        string first = work.Train("first");
        string weights = Path.Combine(first, "checkpoints", "last.safetensors");
        string second = work.Train("second", "--set", $"init={weights}", "--steps", "1");
        // On the same first batch, trained weights are better than those drawn by the seed.
        Assert.True(Loss(second, 1) < Loss(first, 1) - 0.2, $"{Loss(second, 1)}, not below {Loss(first, 1)}");
    }

    private static double Loss(string run, long step) =>
        MetricsHistory
            .Read(Path.Combine(run, "metrics.jsonl"))
            .Rows.Single(r => r.Step == step && r.Values.ContainsKey("loss"))
            .Values["loss"];
}
