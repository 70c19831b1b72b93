using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Graphs;
using Evenkeel.Onnx;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Models that are fed several values per example: what reads no examples works, what does refuses them in one line.</summary>
public sealed class SeveralInputsTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly string _model;

    public SeveralInputsTests()
    {
        Graph graph = Network
            .Input(4)
            .Linear(3)
            .BatchNorm()
            .Concat(null, _ => { }, b => b.Add(new Input(new Shape(2)), "side"))
            .Linear(2)
            .Build();
        _model = _work.File("m.onnx");
        using Model model = Model.Create(graph, 1);
        OnnxExport.Save(model, _model);
        using FileStream file = File.Create(_work.File("x.npy"));
        NpyFile.Write(file, [3, 4], new float[12]);
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void They_are_converted_and_inspected()
    {
        string saved = _work.File("m.safetensors"),
            again = _work.File("again.onnx");
        Shell.Run("export", _model, "--out", saved).Expect(0);
        Assert.Contains(
            "input 'input', 'side', output",
            Shell.Run("export", saved, "--out", again).Expect(0).Out,
            StringComparison.Ordinal
        );
        Assert.Equal(["input", "side"], OnnxModel.ReadInputs(again).Select(i => i.Name));
        // Statistics that were never updated are a finding.
        Shell.Run("inspect", saved).Expect(1);
    }

    [Theory]
    [InlineData("run --input x.npy --output-dir out", "A predictor feeds one input, not 2; use an executor.")]
    [InlineData("eval --data x.npy", "The network has 2 inputs (input, side), but the data")]
    [InlineData("recalibrate --data x.npy --out made.onnx", "The network has 2 inputs (input, side), but the data")]
    [InlineData("fold --data x.npy --out made.onnx", "The network has 2 inputs (input, side), but the data")]
    [InlineData("fold --out made.onnx", "The network has 2 inputs (input, side), but the data")]
    public void What_reads_examples_refuses_them(string verb, string message)
    {
        string[] words = [.. verb.Split(' ').Select(w => w.Contains('.') || w == "out" ? _work.File(w) : w)];
        string error = Shell.Run([words[0], _model, .. words[1..]]).Expect(2).Error;
        Assert.Contains($"evenkeel: {message}", error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }
}
