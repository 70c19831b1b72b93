using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;

namespace Evenkeel.Cli.Tests.Models;

/// <summary>Where verbs write models: checked before anything is read.</summary>
public sealed class ModelOutputTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly string _model;

    public ModelOutputTests()
    {
        _model = _work.File("m.safetensors");
        using Model model = Model.Create(Network.Input(784).Linear(12).BatchNorm().Relu().Linear(10).Build(), 1);
        ModelFile.Save(model, _model);
    }

    public void Dispose() => _work.Dispose();

    public static TheoryData<string> Verbs => ["recalibrate", "fold", "export"];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Another_ending_is_refused_before_the_model_is_read(string verb)
    {
        File.WriteAllText(_model, "damaged");
        foreach (string name in (string[])["m.pt", "m", "m.onnx.gz"])
        {
            string line = Shell.Run(verb, _model, "--out", _work.File(name)).Expect(2).ErrorLine;
            Assert.Contains("must end in .onnx or .safetensors", line, StringComparison.Ordinal);
        }

        Directory.CreateDirectory(_work.File("folder.onnx"));
        string folder = Shell.Run(verb, _model, "--out", _work.File("folder.onnx")).Expect(2).ErrorLine;
        Assert.Contains("is a folder; name a file in it", folder, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void The_own_file_is_replaced_only_by_force(string verb)
    {
        byte[] before = File.ReadAllBytes(_model);
        File.CreateSymbolicLink(_work.File("link.safetensors"), _model);
        string[] data = verb == "export" ? [] : ["--data", Examples()];
        string roundabout = Path.Combine(_work.Path, ".", "m.safetensors");
        foreach (string same in (string[])[_model, roundabout, _work.File("link.safetensors")])
        {
            string line = Shell.Run([verb, _model, "--out", same, .. data]).Expect(2).ErrorLine;
            Assert.Contains(
                "is the model's own file; name another one, or replace it with --force",
                line,
                StringComparison.Ordinal
            );
        }

        Assert.Equal(before, File.ReadAllBytes(_model));
        Shell.Run([verb, _model, "--out", _model, "--force", .. data]).Expect(0);
        using Model read = ModelFile.Load(_model);
        Assert.Equal(784, read.Graph.Input.Shape.Count);
    }

    private string Examples()
    {
        using FileStream file = File.Create(_work.File("x.npy"));
        NpyFile.Write(file, [8, 784], [.. Enumerable.Range(0, 8 * 784).Select(i => MathF.Sin(i))]);
        return _work.File("x.npy");
    }
}
