using System.Text.Json;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class RunTests : IDisposable
{
    private static readonly float[] Batch = [.. Enumerable.Range(0, 5 * 6 * 4 * 3).Select(i => MathF.Sin(i))];
    private readonly Workspace _work = new();
    private readonly string _model;

    public RunTests()
    {
        _model = _work.File("m.safetensors");
        using Model model = Model.Create(
            Network.Input(6, 4, 3).Conv2d(4, 3, 1, 1, name: "conv").BatchNorm().Relu(name: "features").Build(),
            1
        );
        ModelFile.Save(model, _model);
    }

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("input=", 1)]
    [InlineData("", 2)]
    public void Output_is_that_of_the_library(string name, int maxBatch)
    {
        string input = Write("x.npy", [5, 6, 4, 3], Batch);
        Outcome outcome = Shell
            .Run(
                "run",
                _model,
                "--input",
                name + input,
                "--output-dir",
                _work.File("out"),
                "--max-batch",
                $"{maxBatch}",
                "--json"
            )
            .Expect(0);
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        JsonElement output = json.RootElement.GetProperty("outputs")[0];
        Assert.Equal("features", output.GetProperty("name").GetString());
        NpyArray result = NpyFile.Read(_work.File("out", "features.npy"));
        Assert.Equal([5, 6, 4, 4], result.Dimensions);
        using Model model = ModelFile.Load(_model);
        using var predictor = new Predictor(model);
        Assert.Equal(predictor.Predict(Batch), result.Values);
    }

    [Fact]
    public void Values_that_are_no_classes_ask_for_a_folder() =>
        Assert.Equal(
            "evenkeel: --output-dir: name a folder for 'features'; its values are not those of classes, which could be shown here.",
            Shell.Run("run", _model, Write("x.npy", [5, 6, 4, 3], Batch)).Expect(2).ErrorLine
        );

    [Fact]
    public void What_does_not_fit_is_said_and_nothing_is_written()
    {
        Refused(
            "the array is [5, 6, 4], but the input 'input' takes [N, 6, 4, 3]",
            Write("y.npy", [5, 6, 4], Batch[..120])
        );
        Refused("the model has no input 'data'; its input is 'input'", "data=" + Write("x.npy", [5, 6, 4, 3], Batch));
        Refused("nothing.npy' does not exist; give", _work.File("nothing.npy"));
        Assert.False(Directory.Exists(_work.File("out")));
    }

    [Fact]
    public void Channels_first_is_turned_and_back()
    {
        var layout = new FileLayout(ChannelsFirst: true);
        var shape = new Shape(2, 2, 3);
        Assert.Equal([3, 2, 2], layout.Dimensions(shape));
        // Channel planes of one example, then of a second one that is 100 more.
        float[] planes = [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23];
        float[] file = [.. planes, .. planes.Select(v => v + 100)];
        float[] inside = layout.ToInside(file, shape);
        Assert.Equal([0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23], inside[..12]);
        Assert.Equal(file, layout.ToFile(inside, shape));
    }

    private void Refused(string message, string input, int code = 2)
    {
        Outcome outcome = Shell.Run("run", _model, "--input", input, "--output-dir", _work.File("out")).Expect(code);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    private string Write(string name, int[] dimensions, float[] values)
    {
        string path = _work.File(name);
        using FileStream stream = File.Create(path);
        NpyFile.Write(stream, dimensions, values);
        return path;
    }
}
