using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Layers;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class ExportTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly string _model;

    public ExportTests()
    {
        _model = _work.File("m.safetensors");
        using Model model = Model.Create(
            Network.Input(6, 4, 3).Conv2d(4, 3, 1, 1).BatchNorm().Relu().GlobalAveragePool().Linear(5).Build(),
            1
        );
        ModelFile.Save(model, _model);
    }

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("keep", 1)]
    [InlineData("fold", 0)]
    [InlineData("train", 1)]
    public void A_model_goes_out_as_ONNX_and_comes_back(string mode, int norms)
    {
        string onnx = _work.File("new", "m.onnx"),
            back = _work.File("back.safetensors");
        Outcome outcome = Shell.Run("export", _model, "--out", onnx, "--bn", mode, "--json").Expect(0);
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        Assert.InRange(json.RootElement.GetProperty("largestDifference").GetDouble(), 0, 1e-5);
        Shell.Run("export", onnx, "--out", back).Expect(0);
        using Model model = ModelFile.Load(back);
        Assert.Equal(norms, model.Graph.Nodes.Count(n => n.Layer is BatchNorm));
        Shell.Run("inspect", onnx).Expect(norms == 0 ? 0 : 1);
    }

    [Fact]
    public void Arrays_for_an_ONNX_model_have_channels_first()
    {
        string onnx = _work.File("m.onnx");
        Shell.Run("export", _model, "--out", onnx).Expect(0);
        float[] values = [.. Enumerable.Range(0, 2 * 3 * 6 * 4).Select(i => MathF.Cos(i))];
        using (FileStream file = File.Create(_work.File("x.npy")))
            NpyFile.Write(file, [2, 3, 6, 4], values);
        Shell.Run("run", onnx, "--input", _work.File("x.npy"), "--output-dir", _work.File("out")).Expect(0);
        Assert.Equal([2, 5], NpyFile.Read(_work.File("out", "output.npy")).Dimensions);
        using (FileStream file = File.Create(_work.File("wrong.npy")))
            NpyFile.Write(file, [2, 6, 4, 3], values);
        Outcome refused = Shell
            .Run("run", onnx, "--input", _work.File("wrong.npy"), "--output-dir", _work.File("out"))
            .Expect(2);
        Assert.Contains("takes [N, 3, 6, 4]", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_outputs_of_a_file_are_all_computed_and_any_value_can_be_asked_for()
    {
        string onnx = _work.File("m.onnx"),
            output = _work.File("out");
        Shell.Run("export", _model, "--out", onnx, "--bn", "train").Expect(0);
        float[] values = [.. Enumerable.Range(0, 2 * 3 * 6 * 4).Select(i => MathF.Cos(i))];
        using (FileStream file = File.Create(_work.File("x.npy")))
            NpyFile.Write(file, [2, 3, 6, 4], values);
        string[] run = ["run", onnx, "--input", _work.File("x.npy"), "--output-dir", output];
        Outcome outcome = Shell.Run([.. run, "--output", "output", "relu1", "--json"]).Expect(0);
        JsonElement[] made = [.. outcome.Json.GetProperty("outputs").EnumerateArray()];
        Assert.Equal(["output", "relu1"], made.Select(m => m.GetProperty("name").GetString()));
        NpyArray activations = NpyFile.Read(Path.Combine(output, "relu1.npy"));
        Assert.Equal([2, 4, 6, 4], activations.Dimensions);
        Assert.DoesNotContain(activations.Values, v => v < 0);
        Outcome refused = Shell.Run([.. run, "--output", "nothing"]).Expect(1);
        Assert.Contains("here is no output 'nothing'; it has output", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Inference_of_a_model_is_timed()
    {
        string[] how = ["bench", "--model", _model, "--threads", "1", "--steps", "7", "--json"];
        Outcome outcome = Shell.Run([.. how, "--batch", "3"]).Expect(0);
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        Assert.True(json.RootElement.GetProperty("run_s_median").GetDouble() > 0);
        Assert.Equal(3, json.RootElement.GetProperty("batch").GetInt32());
        Assert.Equal(7, json.RootElement.GetProperty("runs").GetInt32());
        JsonElement two = Shell.Run([.. how, "--batch", "1", "--callers", "2"]).Expect(0).Json;
        Assert.Equal(2, two.GetProperty("callers").GetInt32());
        Assert.True(two.GetProperty("samples_per_s").GetDouble() > 0);
    }

    [Theory]
    [InlineData("--bn", "bake", "--bn: 'bake' is not one of keep, fold, train.", 2)]
    [InlineData("--opset", "9", "--opset: it must be a whole number, 13 to 21, not '9'", 2)]
    public void Wrong_options_are_told(string option, string value, string message, int code)
    {
        Outcome outcome = Shell.Run("export", _model, "--out", _work.File("x.onnx"), option, value).Expect(code);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_work.File("x.onnx")));
    }

    [Fact]
    public void A_file_that_is_no_ONNX_is_named()
    {
        string path = _work.File("broken.onnx");
        File.WriteAllText(path, "not a model at all");
        Assert.Contains(path, Shell.Run("inspect", path).Expect(1).Error, StringComparison.Ordinal);
    }
}
