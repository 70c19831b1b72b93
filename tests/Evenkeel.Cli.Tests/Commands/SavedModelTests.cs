using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Onnx;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>What a verb has written is read by every other one, with its input's name, its biases and all outputs.</summary>
public sealed class SavedModelTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void A_model_of_ONNX_with_names_and_biases_of_its_own_is_read_back()
    {
        string onnx = Exported(
            Network.Input(4).Linear(3, name: "fc").BatchNorm(name: "bn").Relu().Linear(2, name: "out").Build(),
            new OnnxExportOptions { InputName = "x", OutputName = "scores" }
        );
        string saved = _work.File("a.safetensors"),
            again = _work.File("b.safetensors"),
            inputs = Array([5, 4]);
        Shell.Run("export", onnx, "--out", saved).Expect(0);
        Shell.Run("export", saved, "--out", again).Expect(0);
        Assert.Equal(File.ReadAllBytes(saved), File.ReadAllBytes(again));
        Shell.Run("fold", saved, "--data", inputs, "--out", _work.File("c.safetensors")).Expect(0);
        float[] expected = Outputs(onnx, inputs, "scores");
        Assert.Equal(expected, Outputs(saved, inputs, "scores"));
        // One rounding for each of a few weights.
        Assert.All(
            expected.Zip(Outputs(_work.File("c.safetensors"), inputs, "scores")),
            p => Assert.Equal(p.First, p.Second, 1e-5f)
        );
    }

    [Theory]
    [InlineData("fold", ".onnx")]
    [InlineData("fold", ".safetensors")]
    [InlineData("recalibrate", ".onnx")]
    [InlineData("recalibrate", ".safetensors")]
    [InlineData("export", ".safetensors")]
    public void Every_output_stays(string verb, string extension)
    {
        string onnx = Exported(
            Network
                .Input(6)
                .Linear(5, name: "fc")
                .BatchNorm()
                .Relu(name: "features")
                .Linear(3, name: "y")
                .Build("y", "features")
        );
        string inputs = Array([8, 6]),
            made = _work.File("made" + extension);
        string[] data = verb == "export" ? [] : ["--data", inputs];
        Shell.Run([verb, onnx, .. data, "--out", made]).Expect(0);
        Shell.Run("run", made, "--input", inputs, "--output-dir", _work.File("out")).Expect(0);
        Assert.Equal([8, 3], NpyFile.Read(_work.File("out", "y.npy")).Dimensions);
        Assert.Equal([8, 5], NpyFile.Read(_work.File("out", "features.npy")).Dimensions);
    }

    [Theory]
    [InlineData(true, "batch", false, "running")]
    [InlineData(false, "running", true, "batch")]
    [InlineData(true, "running", false, "batch")]
    public void A_run_goes_on_frozen_and_back_with_a_bias_and_without(bool bias, string source, bool next, string then)
    {
        string first = _work.File("first"),
            second = _work.File("second");
        Shell.Run("train", Config("a.json", bias, source, null), "--out", first).Expect(0);
        string weights = Path.Combine(first, "checkpoints", "last.safetensors");
        Shell.Run("train", Config("b.json", next, then, weights), "--out", second).Expect(0);
        using Model model = ModelFile.Load(Path.Combine(second, "checkpoints", "last.safetensors"));
        Assert.Equal(next, model.Graph.Tensors().Any(t => t.Name == "fc.bias"));
        Assert.NotEmpty(model.Notes);
    }

    private string Config(string name, bool bias, string source, string? init) =>
        _work.Write(
            name,
            $$"""
            {
              "network": {"layers": [
                {"type": "linear", "units": 8, "name": "fc", "bias": {{(bias ? "true" : "false")}}},
                {"type": "batchnorm", "name": "bn", "normalizeWith": "{{source}}"},
                {"type": "relu"}, {"type": "linear", "units": 10}
              ]},
              "data": {"source": "digits", "trainCount": 60, "testCount": 20}, "batchSize": 20, "steps": 3, "tensorBoard": false,
              "optimizer": {"type": "sgd", "learningRate": 0.01}{{(init is null ? "" : $", \"init\": \"{init}\"")}}
            }
            """
        );

    private string Exported(Graph graph, OnnxExportOptions? options = null)
    {
        using Model model = Model.Create(graph, 3);
        string path = _work.File("model.onnx");
        OnnxExport.Save(model, path, options);
        return path;
    }

    private string Array(int[] dimensions)
    {
        string path = _work.File("inputs.npy");
        using FileStream file = File.Create(path);
        float[] values = [.. Enumerable.Range(0, dimensions[0] * dimensions[1]).Select(i => MathF.Sin(i))];
        NpyFile.Write(file, dimensions, values);
        return path;
    }

    private float[] Outputs(string model, string inputs, string output)
    {
        Shell.Run("run", model, "--input", inputs, "--output-dir", _work.File("out")).Expect(0);
        return NpyFile.Read(_work.File("out", $"{output}.npy")).Values;
    }
}
