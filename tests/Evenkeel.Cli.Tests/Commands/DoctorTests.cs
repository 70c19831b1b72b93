using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Layers;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>inspect, diagnose, recalibrate and fold, on a checkpoint of the tool's own, which none of them changes.</summary>
public sealed class DoctorTests(DoctorTests.Patient patient) : IClassFixture<DoctorTests.Patient>, IDisposable
{
    private readonly Workspace _work = new();
    private readonly string _model = patient.Checkpoint;

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Inspect_shows_a_healthy_model_and_draws_it()
    {
        string picture = _work.File("norms.svg");
        JsonElement json = Json(0, "inspect", _model, "--picture", picture);
        JsonElement[] layers = [.. json.GetProperty("layers").EnumerateArray()];
        Assert.Equal(3, layers.Length);
        Assert.All(layers, l => Assert.Equal(200, l.GetProperty("updates").GetInt32()));
        Assert.All(layers, l => Assert.True(l.GetProperty("folds").GetBoolean()));
        Assert.Contains("<svg", File.ReadAllText(picture), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_ends_with_1_and_names_the_fault()
    {
        string poisoned = Damaged("batchnorm2", "running_var", float.NaN);
        Outcome outcome = Shell.Run("inspect", poisoned).Expect(1);
        Assert.Contains(
            "batchnorm2: NaN or infinity in channel 0. Remedy: recalibrate",
            outcome.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Diagnose_names_low_contrast_and_recalibration_repairs_it_with_the_weights_untouched()
    {
        Assert.Equal("None", Json(0, "diagnose", _model).GetProperty("cause").GetString());
        JsonElement ill = Json(1, "diagnose", _model, "--encoding", "faded");
        Assert.Equal("DomainShift", ill.GetProperty("cause").GetString());
        string repaired = _work.File("repaired.safetensors");
        JsonElement report = Json(0, "recalibrate", _model, "--encoding", "faded", "--out", repaired);
        Assert.True(
            report.GetProperty("accuracyAfter").GetDouble() > report.GetProperty("accuracyBefore").GetDouble() + 0.2
        );
        using Model before = ModelFile.Load(_model);
        using Model after = ModelFile.Load(repaired);
        Assert.Equal(before.ParameterChecksum(), after.ParameterChecksum());
        Assert.Equal(report.GetProperty("parameterChecksum").GetString(), after.ParameterChecksum());
        Assert.Equal("None", Json(0, "diagnose", repaired, "--encoding", "faded").GetProperty("cause").GetString());
    }

    [Fact]
    public void An_ONNX_file_with_NaN_is_opened_named_and_repaired()
    {
        string onnx = _work.File("m.onnx"),
            repaired = _work.File("repaired.onnx");
        Shell.Run("export", _model, "--out", onnx).Expect(0);
        float first;
        using (Model model = ModelFile.Load(_model))
            first = model.Floats("batchnorm2.running_var")[0];
        byte[] bytes = File.ReadAllBytes(onnx);
        int at = bytes.AsSpan().IndexOf(BitConverter.GetBytes(first));
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, at);
        File.WriteAllBytes(onnx, bytes);

        Assert.Contains("is damaged", Shell.Run("eval", onnx).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains(
            "NaN or infinity in channel 0",
            Shell.Run("inspect", onnx).Expect(1).Out,
            StringComparison.Ordinal
        );
        Assert.Equal("Poisoned", Json(1, "diagnose", onnx).GetProperty("cause").GetString());
        // The data of the training stands in the file's metadata.
        Json(0, "recalibrate", onnx, "--out", repaired);
        Assert.Equal("None", Json(0, "diagnose", repaired).GetProperty("cause").GetString());
    }

    [Fact]
    public void Fold_proves_itself_and_keeps_the_notes_of_the_training()
    {
        string folded = _work.File("new", "folded.safetensors");
        JsonElement report = Json(0, "fold", _model, "--out", folded);
        Assert.All(
            report.GetProperty("layers").EnumerateArray(),
            l => Assert.True(l.GetProperty("folded").GetBoolean())
        );
        // Products of float32 in another order, of values of order 10.
        Assert.InRange(report.GetProperty("largestDifference").GetDouble(), 0, 1e-4);
        Assert.Equal(400, report.GetProperty("examples").GetInt32());
        using Model model = ModelFile.Load(folded);
        Assert.DoesNotContain(model.Graph.Nodes, n => n.Layer is BatchNorm);
        Assert.Equal(
            report.GetProperty("accuracyAfter").GetDouble(),
            Json(0, "eval", folded).GetProperty("accuracy").GetDouble()
        );
    }

    [Fact]
    public void Fold_says_which_layer_it_leaves_and_why()
    {
        string collapsed = Damaged("batchnorm1", "running_var", 1e-9f);
        Outcome outcome = Shell.Run("fold", collapsed, "--out", _work.File("f.safetensors")).Expect(0);
        Assert.Contains(
            "channel 0 has variance 1E-09, below a hundredth of eps",
            outcome.Out,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("recalibrate", "--order", "sideways", "--order: 'sideways' is not one of layers, one-pass.")]
    [InlineData(
        "recalibrate",
        "--prior-weight",
        "1",
        "--prior-weight: it must be a number, 0 or more and below 1, not '1'"
    )]
    [InlineData("recalibrate", "--batch-size", "1", "--batch-size: it must be a whole number, 2 to 1000000, not '1'")]
    [InlineData("diagnose", "--batch-size", "1", "--batch-size: it must be a whole number, 2 to 1000000, not '1'")]
    [InlineData("diagnose", "--encoding", "loud", "--encoding: 'loud' is not one of binary")]
    public void Wrong_options_are_told(string verb, string option, string value, string message)
    {
        string[] output = verb == "recalibrate" ? ["--out", _work.File("x.safetensors")] : [];
        Outcome outcome = Shell.Run([verb, _model, option, value, .. output]).Expect(2);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_work.File("x.safetensors")));
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("diagnose")]
    public void A_file_that_is_no_model_is_named(string verb)
    {
        string path = _work.File("broken.safetensors");
        File.WriteAllText(path, "not a model");
        Assert.Contains(path, Shell.Run(verb, path).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("does not exist", Shell.Run(verb, path + "x").Expect(2).Error, StringComparison.Ordinal);
    }

    /// <summary>A network of section 4.1, trained once for all tests.</summary>
    public sealed class Patient : IDisposable
    {
        private readonly Workspace _work = new();

        public Patient()
        {
            string[] settings =
            [
                "network={\"name\":\"mnist\",\"batchNorm\":true}",
                "data={\"source\":\"digits\",\"encoding\":\"unit\",\"trainCount\":1500,\"testCount\":400}",
                "optimizer={\"type\":\"sgd\",\"learningRate\":0.5}",
            ];
            string run = _work.Train("run", ["--set", .. settings, "--steps", "200"]);
            Checkpoint = Path.Combine(run, "checkpoints", "last.safetensors");
        }

        public string Checkpoint { get; }

        public void Dispose() => _work.Dispose();
    }

    private string Damaged(string layer, string tensor, float value)
    {
        using Model model = ModelFile.Load(_model);
        model.Floats($"{layer}.{tensor}")[0] = value;
        string path = _work.File("damaged.safetensors");
        ModelFile.Save(model, path);
        return path;
    }

    private static JsonElement Json(int code, params string[] arguments)
    {
        using JsonDocument document = JsonDocument.Parse(Shell.Run([.. arguments, "--json"]).Expect(code).Out);
        return document.RootElement.Clone();
    }
}
