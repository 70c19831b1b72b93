using System.Text.Json;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Networks that learn from arrays in .npz files.</summary>
public sealed class TrainArraysTests : IDisposable
{
    private const int Width = 3;

    private readonly Workspace _work = new();
    private readonly string _config;

    public TrainArraysTests()
    {
        WritePart("train", 300, 1);
        WritePart("test", 100, 2);
        _config = _work.Write(
            "regression.json",
            """
            {
              "network": {
                "layers": [
                  {"type": "batchnorm"}, {"type": "linear", "units": 16}, {"type": "relu"},
                  {"type": "linear", "units": 2}
                ],
                "batchNorm": true
              },
              "data": {"type": "arrays", "source": "train.npz", "test": "test.npz", "targets": "values", "validation": 60},
              "loss": {"type": "meanSquaredError"},
              "batchSize": 24,
              "steps": 200,
              "optimizer": {"type": "adam", "learningRate": 0.02},
              "slices": 2,
              "evaluateEvery": 20,
              "checkpointEvery": 20,
              "threads": 1
            }
            """
        );
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void A_regression_is_learnt_and_judged_by_its_error()
    {
        string run = Train("run");
        JsonElement judged = Shell.Run("eval", run, "--json").Expect(0).Json;
        Assert.Equal(_work.File("test.npz"), judged.GetProperty("source").GetString());
        // Always giving the mean is 0.
        Assert.InRange(judged.GetProperty("rSquared").GetDouble(), 0.9, 1);
        double error = judged.GetProperty("rootMeanSquaredError").GetDouble();
        Assert.Equal(error, Result(run).GetProperty("bestTestRootMeanSquaredError").GetDouble());
        JsonElement named = Shell.Run("eval", run, "--data", _work.File("test.npz"), "--json").Expect(0).Json;
        Assert.Equal(error, named.GetProperty("rootMeanSquaredError").GetDouble());
        Shell.Run("eval", run, "--test-count", "10").Expect(0);
        string page = File.ReadAllText(Path.Combine(run, "report.html"));
        Assert.Contains("Root mean squared error of the best model", page, StringComparison.Ordinal);
        foreach (string verb in (string[])["diagnose", "recalibrate", "fold"])
        {
            string[] options = verb == "diagnose" ? [] : ["--out", _work.File($"{verb}.safetensors")];
            string said = Shell.Run([verb, run, .. options]).Expect(0).Out;
            // Judged by what it was trained for.
            Assert.Equal(verb == "diagnose", said.Contains("root mean squared error ", StringComparison.Ordinal));
            Assert.Equal(verb != "fold", said.Contains("loss ", StringComparison.Ordinal));
            Assert.DoesNotContain("accuracy", said, StringComparison.Ordinal);
        }

        JsonElement diagnosed = Shell.Run("diagnose", run, "--json").Expect(0).Json;
        Assert.Equal(error, diagnosed.GetProperty("rootMeanSquaredErrorStored").GetDouble(), 1e-6 * error);
    }

    [Fact]
    public void Ranks_and_a_stop_make_the_same_bits()
    {
        string straight = Train("straight", "steps=40");
        Shell.Run("train", _config, "--out", _work.File("ranks"), "--ranks", "2", "--steps", "40").Expect(0);
        string parted = Train("parted", "steps=20");
        Shell.Run("train", "--resume", parted, "--steps", "40").Expect(0);
        foreach (string run in (string[])[_work.File("ranks"), parted])
        {
            foreach (
                string file in (string[])
                    ["metrics.jsonl", "checkpoints/best.safetensors", "checkpoints/last.safetensors"]
            )
                Assert.Equal(
                    File.ReadAllBytes(Path.Combine(straight, file)),
                    File.ReadAllBytes(Path.Combine(run, file))
                );
        }
    }

    [Fact]
    public void Labels_beside_the_inputs_are_classes()
    {
        string run = Train(
            "run",
            "data.targets=labels",
            "loss={\"type\":\"softmaxCrossEntropy\"}",
            "network.layers.3.units=3"
        );
        JsonElement judged = Shell.Run("eval", run, "--json").Expect(0).Json;
        // Guessing reads a third right.
        Assert.InRange(judged.GetProperty("accuracy").GetDouble(), 0.6, 1);
        Assert.Equal(
            judged.GetProperty("accuracy").GetDouble(),
            Result(run).GetProperty("bestTestAccuracy").GetDouble()
        );
    }

    // Two steps: the first says what is right; the second has a label in every other example.
    [Fact]
    public void A_label_for_each_step_is_learnt_and_judged()
    {
        foreach (string part in (string[])["train", "test"])
        {
            float[] x = new float[200 * 2],
                labels = new float[200 * 2];
            for (int i = 0; i < 200; i++)
            {
                (x[2 * i], x[(2 * i) + 1]) = (i % 3 == 0 ? 1 : -1, i % 5);
                (labels[2 * i], labels[(2 * i) + 1]) = (i % 3 == 0 ? 1 : 0, i % 2 == 0 ? 0 : -1);
            }

            NpzFile.Write(_work.File($"{part}.npz"), ("x", [200, 2, 1], x), ("labels", [200, 2], labels));
        }

        string run = Train(
            "run",
            "network={\"layers\":[{\"type\":\"gru\",\"units\":4},{\"type\":\"linear\",\"units\":2}]}",
            "data.targets=labels",
            "data.validation=0",
            "loss={\"type\":\"softmaxCrossEntropy\"}"
        );
        JsonElement judged = Shell.Run("eval", run, "--json").Expect(0).Json;
        Assert.Equal(1, judged.GetProperty("accuracy").GetDouble());
        Outcome shown = Shell.Run("eval", run, "--data", _work.File("test.npz"), "--test-count", "100").Expect(0);
        // 34 of 100 first steps are of class 1; 66 and every other second step of class 0.
        Assert.Matches("(?m)^0 +116 +116 +100", shown.Out);
        Assert.Matches("(?m)^1 +34 +34 +100", shown.Out);
        Assert.Contains("no batch normalisation", Shell.Run("diagnose", run).Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_are_targets_where_that_is_asked_for()
    {
        string run = Train("run", "data.targets=inputs", "network.layers.3.units=3");
        double error = Shell.Run("eval", run, "--json").Expect(0).Json.GetProperty("rootMeanSquaredError").GetDouble();
        Assert.Equal(error, Result(run).GetProperty("bestTestRootMeanSquaredError").GetDouble());
    }

    [Theory]
    [InlineData("data.source=none.npz", "data.source: ", "none.npz does not exist; name a .npz file")]
    [InlineData("data.test=regression.json", "data.test: ", "regression.json is a JSON file; name a .npz file")]
    [InlineData("data.source=digits", "data.source: 'digits' is no file of arrays")]
    [InlineData(
        "data.targets=labels",
        "loss: meanSquaredError takes float targets",
        "set it to \"inputs\" or \"values\""
    )]
    [InlineData("data.test=bare.npz", "bare.npz has no array 'targets', but x; add it")]
    [InlineData("data.source=short.npz", "short.npz: 'targets' is [29, 2], but there are 30 examples in 'x'")]
    [InlineData("data.source=two.npz", "two.npz: it has the arrays a, b, targets; give it one of inputs")]
    [InlineData("data.source=hole.npz", "hole.npz: target 1 of example 4 is NaN; leave out examples without a target.")]
    [InlineData("data.test=wide.npz", "data.test: the examples of ", "wide.npz are [4], but those of ")]
    [InlineData(
        "network.layers.3.units=5",
        "train.npz",
        "has 2 targets per example (2), but the network's output 'linear2' is [5]"
    )]
    [InlineData(
        "loss={\"type\":\"binaryCrossEntropy\"}",
        "loss: binaryCrossEntropy takes targets of 0 to 1, but a target of example"
    )]
    public void What_does_not_fit_is_one_line(string change, params string[] messages)
    {
        float[] targets = new float[60];
        NpzFile.Write(_work.File("bare.npz"), ("x", [30, Width], new float[90]));
        NpzFile.Write(_work.File("short.npz"), ("x", [30, Width], new float[90]), ("targets", [29, 2], targets[..58]));
        NpzFile.Write(
            _work.File("two.npz"),
            ("a", [30, Width], new float[90]),
            ("b", [30], new float[30]),
            ("targets", [30, 2], targets)
        );
        NpzFile.Write(_work.File("wide.npz"), ("x", [30, 4], new float[120]), ("targets", [30, 2], targets));
        targets[9] = float.NaN;
        NpzFile.Write(_work.File("hole.npz"), ("x", [30, Width], new float[90]), ("targets", [30, 2], targets));
        Outcome outcome = Shell.Run("train", _config, "--out", _work.File("run"), "--set", change);
        Assert.NotEqual(0, outcome.Code);
        Assert.All(messages, m => Assert.Contains(m, outcome.ErrorLine, StringComparison.Ordinal));
        Assert.False(Directory.Exists(_work.File("run")));
    }

    [Theory]
    [InlineData("bare.npz", "The loss meanSquaredError needs float targets, but the data '")]
    [InlineData("wide.npz", "wide.npz: the array 'targets' is [5, 4], but the model's output is [N, 2] for any N.")]
    [InlineData("short.npz", "short.npz: 5 examples with 2 targets each need 10 targets, but there are 8.")]
    public void What_a_model_cannot_be_judged_by_is_one_line(string file, string message)
    {
        string model = Path.Combine(Train("run", "steps=5"), "checkpoints", "best.safetensors");
        float[] x = new float[5 * Width];
        NpzFile.Write(_work.File("bare.npz"), ("x", [5, Width], x));
        NpzFile.Write(_work.File("wide.npz"), ("x", [5, Width], x), ("targets", [5, 4], new float[20]));
        NpzFile.Write(_work.File("short.npz"), ("x", [5, Width], x), ("targets", [4, 2], new float[8]));
        Outcome outcome = Shell.Run("eval", model, "--data", _work.File(file));
        Assert.NotEqual(0, outcome.Code);
        Assert.Contains(message, outcome.ErrorLine, StringComparison.Ordinal);
    }

    private string Train(string run, params string[] changes)
    {
        string[] sets = changes.Length > 0 ? ["--set", .. changes] : [];
        Shell.Run(["train", _config, "--out", _work.File(run), .. sets]).Expect(0);
        return _work.File(run);
    }

    private static JsonElement Result(string run) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json"))).RootElement.GetProperty("result");

    // Two targets and a class, which follow from three values of unequal scale.
    private void WritePart(string name, int count, int seed)
    {
        var random = new Random(seed);
        float[] x = new float[count * Width],
            y = new float[count * 2],
            labels = new float[count];
        for (int i = 0; i < count; i++)
        {
            (float a, float b, float c) = (random.NextSingle(), 10 * random.NextSingle(), 100 * random.NextSingle());
            (x[3 * i], x[(3 * i) + 1], x[(3 * i) + 2]) = (a, b, c);
            (y[2 * i], y[(2 * i) + 1]) = ((3 * a) - (b / 5), Math.Abs(c - 50) / 20);
            labels[i] = (int)(b / 3.34f);
        }

        NpzFile.Write(
            _work.File($"{name}.npz"),
            ("x", [count, Width], x),
            ("targets", [count, 2], y),
            ("labels", [count], labels)
        );
    }
}
