using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>A state file of PyTorch's, which holds tensors and no network.</summary>
public sealed class PyTorchStateTests : IDisposable
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "golden", "resnet");
    private readonly Workspace _work = new();
    private readonly string _state = Path.Combine(Golden, "resnet18.safetensors");
    private readonly string _network;

    public PyTorchStateTests()
    {
        _network = _work.Write(
            "resnet18.json",
            """
            {
              "network": {"name": "resnet18", "width": 4},
              "data": {"type": "images", "source": "shapes", "size": 64}
            }
            """
        );
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void It_is_inspected_exported_and_run_as_PyTorch_runs_it()
    {
        JsonElement json = Shell.Run("inspect", _state, "--network", _network, "--json").Expect(0).Json;
        Assert.Equal(20, json.GetProperty("layers").GetArrayLength());
        string onnx = _work.File("m.onnx");
        Shell.Run("export", _state, "--network", _network, "--out", onnx, "--bn", "fold").Expect(0);
        string images = Path.Combine(Golden, "resnet18.x.npy");
        Shell.Run("run", onnx, "--input", images, "--output-dir", _work.File("out")).Expect(0);
        float[] expected = NpyFile.Read(Path.Combine(Golden, "resnet18.y.npy")).Values,
            outputs = NpyFile.Read(_work.File("out", "output.npy")).Values;
        // Folded: one rounding more per weight, through 18 layers.
        float tolerance = 5e-6f * expected.Max(MathF.Abs);
        Assert.All(expected.Zip(outputs), p => Assert.InRange(p.First - p.Second, -tolerance, tolerance));
    }

    [Theory]
    [InlineData("its network is --network here", 1)]
    [InlineData("'resnet7' is not a network; known:", 2, "--network", "resnet7")]
    [InlineData("'conv1.weight' is [4, 3, 7, 7], the network needs [64, 3, 7, 7]", 1, "--network", "resnet18")]
    public void Without_its_network_it_is_told_what_to_do(string message, int code, params string[] options)
    {
        Outcome outcome = Shell.Run(["inspect", _state, .. options]).Expect(code);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }
}
