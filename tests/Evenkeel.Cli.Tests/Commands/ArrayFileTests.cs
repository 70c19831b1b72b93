using System.IO.Compression;
using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Onnx;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Somebody else's model on a table of numbers, with labels and without.</summary>
public sealed class ArrayFileTests : IDisposable
{
    private const int Examples = 300;
    private const int Width = 5;
    private readonly Workspace _work = new();
    private readonly string _model;
    private readonly string _repaired;

    public ArrayFileTests()
    {
        (_model, _repaired) = (_work.File("m.onnx"), _work.File("repaired.onnx"));
        using Model model = Model.Create(Network.Input(Width).Linear(4).BatchNorm().Relu().Linear(3).Build(), 1);
        OnnxExport.Save(model, _model);
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void A_table_without_labels_is_diagnosed_and_repairs_the_statistics()
    {
        string table = Table("x.npy", Values());
        Outcome found = Shell.Run(["diagnose", _model, "--data", table, "--json"]).Expect(1);
        Assert.Equal("TooFewUpdates", found.Json.GetProperty("cause").GetString());
        Assert.Equal(JsonValueKind.Null, found.Json.GetProperty("accuracyStored").ValueKind);
        Assert.Contains(
            "unknown without labels",
            Shell.Run(["diagnose", _model, "--data", table]).Expect(1).Out,
            StringComparison.Ordinal
        );

        Outcome repair = Shell.Run(["recalibrate", _model, "--data", table, "--out", _repaired]).Expect(0);
        Assert.DoesNotContain("accuracy", repair.Out, StringComparison.Ordinal);
        Shell.Run(["diagnose", _repaired, "--data", table]).Expect(0);
        JsonElement folded = Shell
            .Run(["fold", _repaired, "--data", table, "--out", _work.File("f.onnx"), "--json"])
            .Expect(0)
            .Json;
        Assert.Equal(Examples, folded.GetProperty("examples").GetInt32());
    }

    [Fact]
    public void Labels_in_an_archive_give_accuracy()
    {
        string archive = Archive("x.npz", [.. Enumerable.Range(0, Examples).Select(i => (float)(i % 3))]);
        JsonElement json = Shell.Run(["eval", _model, "--data", archive, "--json"]).Expect(0).Json;
        Assert.Equal(Examples, json.GetProperty("examples").GetInt32());
        JsonElement[] rows = [.. json.GetProperty("confusion").EnumerateArray()];
        Assert.All(rows, row => Assert.Equal(100, row.EnumerateArray().Sum(n => n.GetInt32())));
        JsonElement few = Shell.Run(["eval", _model, "--data", archive, "--test-count", "30", "--json"]).Expect(0).Json;
        Assert.Equal(30, few.GetProperty("examples").GetInt32());
        Outcome repair = Shell.Run(["recalibrate", _model, "--data", archive, "--out", _repaired]).Expect(0);
        Assert.Contains("accuracy", repair.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Folding_needs_no_data()
    {
        Outcome outcome = Shell.Run(["fold", _model, "--out", _work.File("f.onnx")]).Expect(0);
        Assert.Contains("generated inputs from -2 to 2, 64 examples", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_said()
    {
        float[] values = Values();
        values[Width + 2] = float.NaN;
        string damaged = Table("nan.npy", values),
            table = Table("x.npy", Values());
        Refused("example 1 holds NaN; clean the data", damaged);
        Refused("has no labels", table, "eval");
        Refused("has 300", table, "eval", "--test-count", "301");
        Refused("this data is arrays", table, "eval", "--encoding", "unit");
        Refused("label 4 is 3, but the model's output is [3]", Labelled("a.npz", Examples, 4, 3));
        // As in training, a value that is no class is damaged data.
        string half = Labelled("b.npz", Examples, 2, 0.5f);
        Assert.Contains("label 2 is 0.5", Shell.Run("diagnose", _model, "--data", half).Expect(1).ErrorLine);
        Refused("there are 10 labels for 300 examples", Labelled("c.npz", 10, 2, 0));
        Outcome unnamed = Shell.Run(["diagnose", _model]).Expect(2);
        Assert.Contains("its input is [5]; name data of that shape", unnamed.Error, StringComparison.Ordinal);
    }

    private void Refused(string message, string data, string verb = "diagnose", params string[] options)
    {
        Outcome outcome = Shell.Run([verb, _model, "--data", data, .. options]).Expect(2);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    private static float[] Values()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, Examples * Width).Select(_ => (float)((6 * random.NextDouble()) + 1))];
    }

    private string Labelled(string name, int count, int at, float label)
    {
        float[] labels = new float[count];
        labels[at] = label;
        return Archive(name, labels);
    }

    private string Table(string name, float[] values)
    {
        using FileStream file = File.Create(_work.File(name));
        NpyFile.Write(file, [Examples, Width], values);
        return file.Name;
    }

    private string Archive(string name, float[] labels)
    {
        string path = _work.File(name);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        using (Stream table = archive.CreateEntry("table.npy").Open())
            NpyFile.Write(table, [Examples, Width], Values());
        using (Stream stream = archive.CreateEntry("labels.npy").Open())
            NpyFile.Write(stream, [labels.Length], labels);
        return path;
    }
}
