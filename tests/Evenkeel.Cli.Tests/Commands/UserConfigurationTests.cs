using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Configurations as people write them, trained and evaluated by the tool.</summary>
public sealed class UserConfigurationTests
{
    [Fact]
    public void A_kernel_may_be_one_number()
    {
        using var work = new Workspace();
        string config = work.Write(
            "kernel.json",
            """
            {
              "network": {
                "layers": [
                  {"type": "conv2d", "filters": 4, "kernel": 3}, {"type": "relu"},
                  {"type": "globalaveragepool"}, {"type": "linear", "units": 10}
                ]
              },
              "data": {"type": "images", "source": "shapes", "trainCount": 100, "testCount": 50},
              "steps": 2, "batchSize": 16, "learningRate": 0.1, "tensorBoard": false
            }
            """
        );
        Shell.Run("train", config, "--out", work.File("run")).Expect(0);
        JsonElement record = JsonDocument.Parse(File.ReadAllText(work.File("run", "run.json"))).RootElement;
        JsonElement layer = record.GetProperty("config").GetProperty("network").GetProperty("layers")[0];
        Assert.Equal([3, 3], layer.GetProperty("kernel").EnumerateArray().Select(n => n.GetInt32()));
    }

    [Fact]
    public void Batch_normalisation_may_be_frozen_and_thawed_between_runs()
    {
        using var work = new Workspace();
        string config = work.Write(
            "twice.json",
            """
            {
              "network": {
                "layers": [
                  {"type": "linear", "units": 32, "bias": false, "name": "fc1"},
                  {"type": "batchnorm", "name": "bn1"}, {"type": "batchnorm", "name": "bn2"},
                  {"type": "relu"}, {"type": "linear", "units": 10, "name": "out"}
                ]
              },
              "data": {"source": "digits", "trainCount": 600, "testCount": 100},
              "steps": 20, "batchSize": 60, "learningRate": 0.1, "tensorBoard": false
            }
            """
        );
        string[] frozen =
        [
            .. from layer in new[] { 1, 2 }
            from field in new[] { "normalizeWith=running", "updateStatistics=false", "trainAffine=false" }
            select $"network.layers.{layer}.{field}",
        ];
        double Train(string run, params string[] set) =>
            Shell
                .Run(["train", config, "--json", "--out", work.File(run), "--set", .. set])
                .Expect(0)
                .Json.GetProperty("validationLoss")
                .GetDouble();
        string Init(string run) => $"init={work.File(run, "checkpoints", "last.safetensors")}";
        double first = Train("first", "seed=1"),
            second = Train("second", [Init("first"), .. frozen]),
            third = Train("third", Init("second"));
        // Each goes on from where the one before stood, on other batches of the same data.
        Assert.True(second < first && third < first, $"{first} {second} {third}");
    }

    [Fact]
    public void Statistics_per_activation_of_images_are_trained_evaluated_and_measured_anew()
    {
        using var work = new Workspace();
        string config = work.Write(
            "positions.json",
            """
            {
              "network": {
                "layers": [
                  {"type": "conv2d", "filters": 4, "kernel": [3], "stride": [2], "name": "c1", "bias": false},
                  {"type": "batchnorm", "perActivation": true, "name": "bn1"}, {"type": "relu"},
                  {"type": "conv2d", "filters": 8, "kernel": [3], "name": "c2", "bias": false},
                  {"type": "batchnorm", "name": "bn2"}, {"type": "relu"},
                  {"type": "globalaveragepool"}, {"type": "linear", "units": 3}
                ]
              },
              "data": {"type": "images", "source": "shapes", "classes": 3, "size": 16, "trainCount": 96, "testCount": 48},
              "steps": 12, "batchSize": 16, "learningRate": 0.1, "evaluateEvery": 4, "tensorBoard": true, "histogramEvery": 4
            }
            """
        );
        string run = work.File("run");
        Shell.Run("train", config, "--out", run).Expect(0);
        Shell.Run("eval", run).Expect(0);
        string repaired = work.File("repaired.safetensors");
        Shell.Run("recalibrate", run, "--out", repaired, "--force").Expect(0);
        using SafeTensorsReader reader = SafeTensorsReader.Open(repaired);
        // A statistic for each of 7 x 7 positions and 4 filters.
        Assert.Equal(7 * 7 * 4, reader.Info("bn1.running_mean").Shape.Aggregate(1L, (a, b) => a * b));
        Assert.Equal(8, reader.Info("bn2.running_mean").Shape.Aggregate(1L, (a, b) => a * b));
    }

    [Fact]
    public void A_state_file_of_PyTorch_keeps_its_bias_in_front_of_batch_normalisation()
    {
        using var work = new Workspace();
        (string state, string config) = StateFile(work, withStatistics: true);
        Shell.Run("eval", state, "--network", config, "--test-count", "60").Expect(0);
        string kept = work.File("kept.safetensors");
        Shell.Run("export", state, "--network", config, "--out", kept).Expect(0);
        using SafeTensorsReader before = SafeTensorsReader.Open(state),
            after = SafeTensorsReader.Open(kept);
        float[] given = new float[12],
            read = new float[12];
        before.ReadFloat32("fc1.bias", given);
        after.ReadFloat32("fc1.bias", read);
        Assert.Equal(given, read);
        Shell.Run("train", config, "--out", work.File("run"), "--set", $"init={state}").Expect(0);
    }

    [Fact]
    public void A_state_file_without_running_statistics_is_evaluated_on_request_and_with_a_note()
    {
        using var work = new Workspace();
        (string state, string config) = StateFile(work, withStatistics: false);
        string[] eval = ["eval", state, "--network", config, "--test-count", "60", "--json"];
        Outcome refused = Shell.Run(eval).Expect(2);
        Assert.Contains("it has no running statistics of 'bn1'", refused.Error, StringComparison.Ordinal);
        Outcome outcome = Shell.Run([.. eval, "--statistics", "initial"]).Expect(0);
        string note = Assert.Single(outcome.Json.GetProperty("notes").EnumerateArray()).GetString()!;
        Assert.Contains("running statistics", note, StringComparison.Ordinal);
        Assert.Contains("bn1", note, StringComparison.Ordinal);
        Assert.Contains(note, outcome.Error, StringComparison.Ordinal);
        // Training measures them; what was assumed of the file is told once and not kept.
        Outcome trained = Shell.Run("train", config, "--out", work.File("run"), "--set", $"init={state}").Expect(0);
        Assert.Contains(note, trained.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("lacks", Shell.Run("eval", work.File("run")).Expect(0).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Initial_weights_that_are_no_model_are_told_by_what_they_are()
    {
        using var work = new Workspace();
        Outcome outcome = Shell
            .Run("train", work.Config, "--out", work.File("run"), "--set", "init=small.json")
            .Expect(1);
        Assert.Contains("small.json: this is a JSON file", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(work.File("run")));
    }

    // Tensors alone, as PyTorch saves them: a linear layer with the bias that it has by default, and batch normalisation.
    private static (string State, string Config) StateFile(Workspace work, bool withStatistics)
    {
        var random = new Random(5);
        float[] Values(int count, float around) =>
            [.. Enumerable.Range(0, count).Select(_ => around + (0.1f * random.NextSingle()))];
        SafeTensorsWriter writer = new SafeTensorsWriter()
            .Add("fc1.weight", [12, 784], Values(12 * 784, -0.05f))
            .Add("fc1.bias", [12], Values(12, 0.5f))
            .Add("bn1.weight", [12], Values(12, 1))
            .Add("bn1.bias", [12], Values(12, 0))
            .Add("out.weight", [10, 12], Values(120, -0.05f))
            .Add("out.bias", [10], Values(10, 0));
        if (withStatistics)
        {
            writer
                .Add("bn1.running_mean", [12], Values(12, 0.5f))
                .Add("bn1.running_var", [12], Values(12, 0.2f))
                .Add("bn1.num_batches_tracked", [], new long[] { 100 });
        }

        writer.Save(work.File("state.safetensors"));
        string config = work.Write(
            "network.json",
            """
            {
              "network": {
                "layers": [
                  {"type": "linear", "units": 12, "bias": true, "name": "fc1"}, {"type": "batchnorm", "name": "bn1"},
                  {"type": "relu"}, {"type": "linear", "units": 10, "name": "out"}
                ]
              },
              "data": {"source": "digits", "trainCount": 200, "testCount": 60},
              "steps": 3, "batchSize": 60, "learningRate": 0.1, "tensorBoard": false
            }
            """
        );
        return (work.File("state.safetensors"), config);
    }
}
