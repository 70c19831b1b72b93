using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Onnx;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Every verb takes every kind of data.</summary>
public sealed class DataSourcesTests : IDisposable
{
    private static readonly string[] Scaling = ["--scale", "1/255"];
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    public static TheoryData<string> Kinds => [.. DataSources.All];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_verb_takes_it(string kind)
    {
        string data = DataSources.Create(_work, kind),
            model = Model(kind);
        string[] read = DataSources.Images.Contains(kind) ? Scaling : [],
            few = kind is "digits" or "shapes" ? ["--test-count", "40"] : [];
        Outcome eval = Shell.Run(["eval", model, "--data", data, .. read, .. few]);
        if (DataSources.Labelled.Contains(kind))
            Assert.Contains("accuracy", eval.Expect(0).Out, StringComparison.Ordinal);
        else
            Assert.Contains("has no labels", eval.Expect(2).ErrorLine, StringComparison.Ordinal);
        // So few may be too few to tell, which is an answer.
        Outcome diagnose = Shell.Run(["diagnose", model, "--data", data, .. read, .. few]);
        Assert.True(
            diagnose.Code is 0 or 1 && diagnose.Out.Contains("cause: ", StringComparison.Ordinal),
            diagnose.Error
        );
        Shell.Run(["fold", model, "--data", data, "--out", _work.File("folded.onnx"), .. read, .. few]).Expect(0);
        if (kind is "digits" or "shapes")
            return;
        Shell
            .Run(["recalibrate", model, "--data", data, "--out", _work.File("new.onnx"), "--force", .. read])
            .Expect(0);
        Shell.Run(["run", model, "--input", data, "--output-dir", _work.File("out"), .. read]).Expect(0);
        Assert.NotEmpty(NpyFile.Read(_work.File("out", "output.npy")).Values);
    }

    [Fact]
    public void Images_are_run_in_the_order_of_their_names_and_named_by_their_files()
    {
        string folder = DataSources.Create(_work, "flat folder");
        Outcome all = Shell
            .Run(["run", Model("image"), "--input", folder, "--output-dir", _work.File("out"), .. Scaling])
            .Expect(0);
        float[] together = NpyFile.Read(_work.File("out", "output.npy")).Values;
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        Assert.Equal(2 * files.Length, together.Length);
        for (int i = 0; i < files.Length; i++)
        {
            Shell
                .Run(["run", Model("image"), "--input", files[i], "--output-dir", _work.File("out"), .. Scaling])
                .Expect(0);
            Assert.Equal(together[(2 * i)..(2 * i + 2)], NpyFile.Read(_work.File("out", "output.npy")).Values);
            Assert.Contains(files[i], all.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("nothing", 2, "does not exist; give arrays (.npy, .npz), images")]
    [InlineData("m.onnx", 2, "is an ONNX file, not data; give arrays")]
    [InlineData("page.npy", 2, "is a web page, not data")]
    [InlineData("empty", 1, "there are no JPEG or PNG files in it")]
    public void What_is_no_data_is_told(string name, int code, string message)
    {
        string model = Model("image");
        File.WriteAllText(_work.File("page.npy"), "<html>");
        Directory.CreateDirectory(_work.File("empty"));
        string line = Shell.Run(["eval", model, "--data", _work.File(name), .. Scaling]).Expect(code).ErrorLine;
        Assert.Contains(message, line, StringComparison.Ordinal);
        line = Shell
            .Run(["run", model, "--input", _work.File(name), "--output-dir", _work.File("out"), .. Scaling])
            .Expect(code)
            .ErrorLine;
        Assert.Contains(message, line, StringComparison.Ordinal);
    }

    // Digits go to a vector of 784 values, everything else to small images; ONNX, because it says nothing of its data.
    private string Model(string kind)
    {
        bool digits = kind is "digits" or "mnist files";
        Network network = digits
            ? Network.Input(784).Linear(4)
            : Network.Input(DataSources.Height, DataSources.Width, 3).Conv2d(4, 3, 1, 1);
        network = network.BatchNorm().Relu();
        Graph graph = (digits ? network : network.GlobalAveragePool())
            .Linear(kind is "shapes" or "cifar" || digits ? 10 : 2)
            .Build();
        using Model model = Evenkeel.Model.Create(graph, 1);
        OnnxExport.Save(model, _work.File("m.onnx"));
        return _work.File("m.onnx");
    }
}
