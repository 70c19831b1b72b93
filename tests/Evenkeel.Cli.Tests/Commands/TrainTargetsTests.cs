using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Networks that learn float targets: they are trained, judged, stopped and resumed as those that learn classes.</summary>
public sealed class TrainTargetsTests
{
    private const string Autoencoder = """
        {
          "network": {
            "layers": [
              {"type": "linear", "units": 24}, {"type": "relu"},
              {"type": "linear", "units": 784}, {"type": "sigmoid"}
            ],
            "batchNorm": true
          },
          "data": {
            "source": "digits", "encoding": "unit", "targets": "inputs",
            "trainCount": 150, "testCount": 60, "validation": 30
          },
          "loss": {"type": "meanSquaredError"},
          "batchSize": 20,
          "steps": 20,
          "optimizer": {"type": "adam", "learningRate": 0.01},
          "slices": 2,
          "logEvery": 1,
          "evaluateEvery": 5,
          "checkpointEvery": 5,
          "threads": 1
        }
        """;

    [Fact]
    public void The_best_has_the_least_error_and_all_files_call_it_by_its_name()
    {
        using var work = new Workspace();
        // Patience ends it after two evaluations that are worse than the best.
        string[] changes = ["evaluateEvery=1", "patience=2", "steps=400", "optimizer.learningRate=0.3"];
        string run = Train(work, "run", changes);
        (IReadOnlyList<double> steps, IReadOnlyList<double> errors) = MetricsHistory
            .Read(Path.Combine(run, "metrics.jsonl"))
            .Series("rootMeanSquaredError");
        Assert.NotEqual(errors[^1], errors.Min());
        JsonElement result = Result(run);
        Assert.Equal(errors.Min(), result.GetProperty("bestRootMeanSquaredError").GetDouble());
        Assert.Equal(steps[errors.ToList().IndexOf(errors.Min())], result.GetProperty("bestStep").GetInt64());
        Assert.Equal(errors[^1], result.GetProperty("rootMeanSquaredError").GetDouble());
        string page = File.ReadAllText(Path.Combine(run, "report.html"));
        Assert.Contains("Root mean squared error of the best model", page, StringComparison.Ordinal);
        Assert.DoesNotContain("ccuracy", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_closing_table_and_eval_say_the_same_of_each_model()
    {
        using var work = new Workspace();
        string config = work.Write("auto.json", Autoencoder);
        Outcome train = Shell.Run("train", config, "--out", work.File("run"), "--threads", "2").Expect(0);
        Assert.Contains("test root mean squared error", train.Out, StringComparison.Ordinal);
        Assert.Contains("root mean squared error 0.", train.Error, StringComparison.Ordinal);
        JsonElement judged = Shell.Run("eval", work.File("run"), "--json", "--ranks", "2").Expect(0).Json,
            result = Result(work.File("run"));
        double error = judged.GetProperty("rootMeanSquaredError").GetDouble();
        Assert.Equal(result.GetProperty("bestTestRootMeanSquaredError").GetDouble(), error);
        // Of the same sum, divided once in double and rounded in float where the loss is computed.
        Assert.Equal(error * error, judged.GetProperty("loss").GetDouble(), 1e-6);
        Assert.InRange(judged.GetProperty("rSquared").GetDouble(), 0, 1);
        Outcome shown = Shell.Run("eval", work.File("run")).Expect(0);
        Assert.Contains("(unit pixels): root mean squared error 0.", shown.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("binaryCrossEntropy", "labelAccuracy", "label accuracy")]
    [InlineData("meanAbsoluteError", "meanAbsoluteError", "mean absolute error")]
    [InlineData("huber", "meanAbsoluteError", "mean absolute error")]
    public void Each_loss_has_its_score(string loss, string key, string name)
    {
        using var work = new Workspace();
        string run = Train(work, "run", $"loss={{\"type\":\"{loss}\"}}", "data.encoding=binary");
        double score = Result(run).GetProperty($"bestTest{char.ToUpperInvariant(key[0])}{key[1..]}").GetDouble();
        Assert.Equal(score, Shell.Run("eval", run, "--json").Expect(0).Json.GetProperty(key).GetDouble());
        Assert.Contains(name, File.ReadAllText(Path.Combine(run, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_and_a_stop_make_the_same_bits()
    {
        using var work = new Workspace();
        string straight = Train(work, "straight");
        string ranks = work.File("ranks");
        string config = work.File("auto.json");
        Shell.Run("train", config, "--out", ranks, "--ranks", "2").Expect(0);
        string parted = Train(work, "parted", "steps=10");
        Shell.Run("train", "--resume", parted, "--steps", "20").Expect(0);
        foreach (
            string file in (string[])["metrics.jsonl", "checkpoints/best.safetensors", "checkpoints/last.safetensors"]
        )
        {
            byte[] expected = File.ReadAllBytes(Path.Combine(straight, file));
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(ranks, file)));
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(parted, file)));
        }
    }

    [Fact]
    public void Patience_waits_for_less_error()
    {
        using var work = new Workspace();
        string config = work.Write("auto.json", Autoencoder);
        string[] changes = ["evaluateEvery=1", "patience=3", "steps=400", "optimizer.learningRate=0.3"];
        Outcome outcome = Shell.Run(["train", config, "--out", work.File("run"), "--set", .. changes]).Expect(0);
        (IReadOnlyList<double> steps, IReadOnlyList<double> errors) = MetricsHistory
            .Read(work.File("run", "metrics.jsonl"))
            .Series("rootMeanSquaredError");
        Assert.InRange(errors.Count, 4, 399);
        Assert.Equal(errors.Min(), errors[^4]);
        Assert.Contains($"no better than that of step {steps[^4]}", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_verbs_take_the_model_and_an_export_is_judged_alike()
    {
        using var work = new Workspace();
        string run = Train(work, "run");
        double error = Error(run);
        foreach (string file in (string[])["model.onnx", "folded.safetensors"])
        {
            string verb = file.StartsWith("folded", StringComparison.Ordinal) ? "fold" : "export";
            Shell.Run(verb, run, "--out", work.File(file)).Expect(0);
            // Folding rounds weights once more.
            Assert.Equal(error, Error(work.File(file)), 1e-5);
        }

        Shell.Run("recalibrate", run, "--out", work.File("recalibrated.safetensors")).Expect(0);
        Assert.InRange(Error(work.File("recalibrated.safetensors")), 0, 1);
    }

    [Fact]
    public void Images_are_their_own_targets_as_they_are_varied()
    {
        using var work = new Workspace();
        string run = Train(
            work,
            "run",
            "data={\"type\":\"images\",\"size\":16,\"targets\":\"inputs\",\"trainCount\":60,\"testCount\":20,"
                + "\"augment\":{\"crop\":\"pad\",\"mirror\":true}}",
            "network={\"layers\":[{\"type\":\"conv2d\",\"filters\":4,\"kernel\":3,\"padding\":1},{\"type\":\"relu\"},"
                + "{\"type\":\"conv2d\",\"filters\":3,\"kernel\":3,\"padding\":1}],\"batchNorm\":true}"
        );
        Assert.Equal(Result(run).GetProperty("bestRootMeanSquaredError").GetDouble(), Error(run));
    }

    /// <summary>Images have no classes for an autoencoder, and their folders need none.</summary>
    [Theory]
    [InlineData("flat")]
    [InlineData("train and test")]
    public void A_folder_of_images_will_do(string kind)
    {
        using var work = new Workspace();
        for (int i = 0; i < 12; i++)
        {
            string part =
                kind == "flat" ? ""
                : i < 8 ? "train"
                : "test";
            PngFile.Write(Path.Combine(work.File("images"), part, $"{i}.png"), 16, 20, i);
        }

        string data(int count) =>
            "data={\"type\":\"images\",\"source\":\"images\",\"size\":16,\"targets\":\"inputs\""
            + (count > 0 ? $",\"testCount\":{count}}}" : "}");
        string[] changes =
        [
            "network={\"layers\":[{\"type\":\"conv2d\",\"filters\":3,\"kernel\":3,\"padding\":1}]}",
            "batchSize=4",
            "steps=4",
        ];
        string run = Train(work, "run", [data(4), .. changes]);
        Assert.Equal(Result(run).GetProperty("bestRootMeanSquaredError").GetDouble(), Error(run));
        Assert.Equal(4, Shell.Run("eval", run, "--json").Expect(0).Json.GetProperty("examples").GetInt32());
        if (kind != "flat")
            return;
        foreach (int count in (int[])[0, 12])
        {
            string[] wrong =
            [
                "train",
                work.File("auto.json"),
                "--out",
                work.File("no"),
                "--set",
                data(count),
                .. changes,
            ];
            Assert.Contains("has 12 images in one folder; set how many", Shell.Run(wrong).Expect(2).ErrorLine);
        }
    }

    private static string Train(Workspace work, string run, params string[] changes)
    {
        string config = work.Write("auto.json", Autoencoder);
        string[] sets = changes.Length > 0 ? ["--set", .. changes] : [];
        Shell.Run(["train", config, "--out", work.File(run), .. sets]).Expect(0);
        return work.File(run);
    }

    private static double Error(string model) =>
        Shell.Run("eval", model, "--json").Expect(0).Json.GetProperty("rootMeanSquaredError").GetDouble();

    private static JsonElement Result(string run) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json"))).RootElement.GetProperty("result");
}
