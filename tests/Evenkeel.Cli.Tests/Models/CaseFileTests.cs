using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Onnx;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Tests.Models;

/// <summary>Files that people had trouble with, through the tool.</summary>
public sealed class CaseFileTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void A_file_in_training_mode_is_computed_as_it_says_with_a_note_and_with_stored_statistics_on_request()
    {
        string folder = OnnxCase("training_mode_one_output");
        Outcome batch = Run(folder, []);
        Assert.Contains("note: ", batch.Error, StringComparison.Ordinal);
        Assert.Contains("epend on the batch", batch.Json.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        Same(Path.Combine(folder, "expected_batch.npy"));
        Run(folder, ["--statistics", "stored"]);
        Same(Path.Combine(folder, "expected.npy"));
    }

    [Fact]
    public void Open_sizes_are_those_of_the_array()
    {
        string folder = OnnxCase("open_height_and_width");
        Outcome run = Run(folder, []);
        Assert.Equal(
            "The input 'x' has open sizes; the shape [2, 3, 8, 6] of the data is used.",
            Assert.Single(run.Json.GetProperty("notes").EnumerateArray()).GetString()
        );
        Same(Path.Combine(folder, "expected.npy"));
        string model = Path.Combine(folder, "model.onnx"),
            data = Path.Combine(folder, "input.npy");
        Shell.Run("diagnose", model, "--data", data);
        Shell.Run("fold", model, "--data", data, "--out", _work.File("folded.onnx")).Expect(0);
        Shell.Run("run", _work.File("folded.onnx"), "--input", data, "--output-dir", _work.File("out")).Expect(0);
        Same(Path.Combine(folder, "expected.npy"));
    }

    [Fact]
    public void Open_sizes_are_those_of_the_image()
    {
        string image = PngFile.Write(_work.File("image.png"), 10, 14);
        string model = Path.Combine(OnnxCase("open_height_and_width"), "model.onnx");
        JsonElement json = Shell
            .Run("run", model, "--input", image, "--output-dir", _work.File("out"), "--scale", "1/255", "--json")
            .Expect(0)
            .Json;
        Assert.Equal(
            [1, 3, 10, 14],
            json.GetProperty("inputs")[0].GetProperty("shape").EnumerateArray().Select(n => n.GetInt32())
        );
    }

    [Fact]
    public void Elsewhere_open_sizes_are_given_and_the_refusal_names_the_option()
    {
        string model = Path.Combine(OnnxCase("open_height_and_width"), "model.onnx");
        Outcome refused = Shell.Run("inspect", model).Expect(1);
        Assert.Contains("as input shape x=1,3,SIZE,SIZE", refused.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("input shape is --input-shape here", refused.ErrorLine, StringComparison.Ordinal);
        Shell.Run("inspect", model, "--input-shape", "x=1,3,8,6").Expect(0);
        Shell.Run("export", model, "--input-shape", "x=1,3,8,6", "--out", _work.File("m.safetensors")).Expect(0);
        Shell.Run("bench", "--model", model, "--input-shape", "x=1,3,8,6", "--batch", "1", "--profile").Expect(0);
        string wrong = Shell.Run("inspect", model, "--input-shape", "1,3,8,6").Expect(2).ErrorLine;
        Assert.Contains("is not the name of an input and its sizes", wrong, StringComparison.Ordinal);
        Outcome no = Shell.Run("run", model, "--input", model, "--output-dir", _work.File("out")).Expect(2);
        Assert.Contains("--input: '", no.ErrorLine, StringComparison.Ordinal);
        Outcome file = Shell.Run("run", model, "--input", model, "--output-dir", model).Expect(2);
        Assert.EndsWith("is a file, not a folder; name another place.", file.ErrorLine, StringComparison.Ordinal);
        string own = Shell
            .Run("inspect", _work.File("m.safetensors"), "--input-shape", "x=1,3,8,6")
            .Expect(2)
            .ErrorLine;
        Assert.Contains("only ONNX files can have inputs of open size", own, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickled_state_says_how_to_export_it()
    {
        string line = Shell.Run("eval", Case("state.pth")).Expect(1).ErrorLine;
        Assert.Contains("this is a Python pickle, as PyTorch's torch.save writes it", line, StringComparison.Ordinal);
        Assert.Contains("torch.onnx.export(model.eval(), example_input, 'state.onnx')", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_without_running_statistics_is_refused_unless_asked_and_repaired_by_measuring()
    {
        string[] network = ["--network", Case("no_statistics.json")];
        string state = Case("no_statistics.safetensors");
        Outcome refused = Shell.Run(["eval", state, .. network]).Expect(2);
        Assert.Contains("it has no running statistics of 'bn1' and 1 more", refused.Error, StringComparison.Ordinal);
        double initial = Accuracy(["eval", state, .. network, "--statistics", "initial", "--json"]);
        Assert.Equal(0.814, initial, 1e-9);
        string repaired = _work.File("repaired.safetensors");
        Shell.Run(["recalibrate", state, .. network, "--out", repaired]).Expect(0);
        // Measured on the training data, it is at least what the trained statistics gave: 89.3 %.
        Assert.InRange(Accuracy(["eval", repaired, "--json"]), 0.893, 1);
    }

    [Fact]
    public void A_state_of_PyTorch_with_a_bias_before_batch_normalisation_gives_what_its_formulas_give()
    {
        string state = Case("pytorch_bias_bn.safetensors");
        float[] x = [.. Enumerable.Range(0, 784).Select(i => MathF.Sin(0.3f * i))];
        using (FileStream file = File.Create(_work.File("x.npy")))
            NpyFile.Write(file, [1, 784], x);
        string[] options = ["--network", Case("pytorch_bias_bn.json"), "--input", _work.File("x.npy")];
        Shell.Run(["run", state, .. options, "--output-dir", _work.File("out")]).Expect(0);
        double[] expected = WithBiasAndNorm(state, x);
        // Float32 sums of 784 products beside double, of values around 1.
        Assert.All(
            expected.Zip(NpyFile.Read(_work.File("out", "out.npy")).Values),
            p => Assert.InRange(p.First - p.Second, -1e-5, 1e-5)
        );
    }

    // PyTorch's Linear, BatchNorm1d in evaluation with eps 1e-5, ReLU and Linear, in double.
    private static double[] WithBiasAndNorm(string state, float[] x)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(state);
        double[] T(string name)
        {
            double[] values = new double[reader.Info(name).Shape.Aggregate(1L, (a, b) => a * b)];
            reader.ReadFloat64(name, values);
            return values;
        }

        double[] mean = T("bn1.running_mean"),
            variance = T("bn1.running_var"),
            gamma = T("bn1.weight"),
            beta = T("bn1.bias");
        double[] hidden =
        [
            .. Affine(T("fc1.weight"), T("fc1.bias"), [.. x.Select(v => (double)v)])
                .Select((v, i) => ((v - mean[i]) / Math.Sqrt(variance[i] + 1e-5) * gamma[i]) + beta[i])
                .Select(v => Math.Max(v, 0)),
        ];
        Assert.Contains(T("fc1.bias"), b => Math.Abs(b) > 1e-3);
        return Affine(T("out.weight"), T("out.bias"), hidden);
    }

    private static double[] Affine(double[] weight, double[] bias, double[] x) =>
        [.. weight.Chunk(x.Length).Select((row, i) => bias[i] + row.Zip(x, (a, b) => a * b).Sum())];

    [Fact]
    public void A_JPEG_image_goes_into_a_model_with_channels_last()
    {
        using Model model = Model.Create(Network.Input(24, 3, 16).LeakyRelu(1).Build(), 1);
        OnnxExport.Save(model, _work.File("m.onnx"));
        string[] options = ["--scale", "1/255", "--json"];
        JsonElement json = Shell
            .Run([
                "run",
                _work.File("m.onnx"),
                "--input",
                Case("0200.jpg"),
                "--output-dir",
                _work.File("out"),
                .. options,
            ])
            .Expect(0)
            .Json;
        Assert.Equal(
            [1, 16, 24, 3],
            json.GetProperty("inputs")[0].GetProperty("shape").EnumerateArray().Select(n => n.GetInt32())
        );
        Assert.All(NpyFile.Read(_work.File("out", "output.npy")).Values, v => Assert.InRange(v, 0, 1));
    }

    private static double Accuracy(string[] command) =>
        Shell.Run(command).Expect(0).Json.GetProperty("accuracy").GetDouble();

    private Outcome Run(string folder, string[] options) =>
        Shell
            .Run([
                "run",
                Path.Combine(folder, "model.onnx"),
                "--input",
                Path.Combine(folder, "input.npy"),
                "--output-dir",
                _work.File("out"),
                "--json",
                .. options,
            ])
            .Expect(0);

    // The reference is in double precision: a few roundings of values of a few units.
    private void Same(string expected)
    {
        float[] values = NpyFile.Read(Directory.GetFiles(_work.File("out")).Single()).Values;
        Assert.All(NpyFile.Read(expected).Values.Zip(values), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    private static string Case(string name) => Path.Combine(Repository.Root, "tests", "cases", name);

    private static string OnnxCase(string name) =>
        Path.Combine(Repository.Root, "tests", "Evenkeel.Onnx.Tests", "TestData", "cases", name);
}
