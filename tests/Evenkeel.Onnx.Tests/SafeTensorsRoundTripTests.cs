using Evenkeel.Graphs;
using Evenkeel.Onnx.Tests.TestData;

namespace Evenkeel.Onnx.Tests;

/// <summary>What is imported is saved, read back and written as ONNX again: the same network, the same bits, the same names.</summary>
public sealed class SafeTensorsRoundTripTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "TestData", "round_trip");

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*.onnx").Select(f => Path.GetFileName(f)!).Order(), .. FileCase.Names];

    [Theory]
    [MemberData(nameof(Files))]
    public void An_imported_file_comes_back(string name)
    {
        string file = Path.Combine(Folder, name);
        var kept = new FileCase(name);
        using OnnxModel model = File.Exists(file) ? OnnxModel.Load(file) : OnnxModel.Load(kept.ModelPath, kept.Options);
        ComesBack(model.Model);
    }

    [Fact]
    public void A_network_of_every_layer_comes_back()
    {
        using Model model = Samples.Model(
            new Graph(
                AllLayers.Graph.Nodes,
                [new GraphOutput("classes", "scores"), new GraphOutput("pools"), new("input", "same")]
            )
        );
        ComesBack(model);
    }

    [Fact]
    public void Two_outputs_of_a_file_are_both_computed()
    {
        var file = new FileCase("two_outputs");
        using OnnxModel model = OnnxModel.Load(file.ModelPath);
        Assert.Equal(["y", "features"], model.Model.Graph.Results.Select(o => o.Name));
        using var predictor = new Predictor(model.Model);
        float[] inputs = ChannelOrder.ToLast(file.Input.Values, predictor.InputShape);
        IReadOnlyDictionary<string, float[]> all = predictor.PredictAll(inputs);
        // Float32 through three layers against double.
        Assert.All(file.Expected.Values.Zip(all["y"]), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        using OnnxModel features = OnnxModel.Load(file.ModelPath, new OnnxImportOptions { Output = "features" });
        using var alone = new Predictor(features.Model);
        Assert.Equal(alone.Predict(inputs), all["features"]);
    }

    private static void ComesBack(Model model)
    {
        using var folder = new TemporaryFolder();
        ModelFile.Save(model, folder.File("a.safetensors"));
        using Model read = ModelFile.Load(folder.File("a.safetensors"));
        ModelFile.Save(read, folder.File("b.safetensors"));
        Assert.Equal(File.ReadAllBytes(folder.File("a.safetensors")), File.ReadAllBytes(folder.File("b.safetensors")));
        float[] inputs = [.. Enumerable.Range(0, 3 * model.Graph.Input.Shape.Count).Select(i => MathF.Sin(i) + 0.1f)];
        IReadOnlyDictionary<string, float[]> before = Run(model, inputs);
        Assert.Equal(before, Run(read, inputs));
        OnnxExport.Save(read, folder.File("c.onnx"));
        using OnnxModel written = OnnxModel.Load(folder.File("c.onnx"));
        Assert.Equal(model.Graph.Input.Name, written.InputName);
        Assert.Equal(model.Graph.Results.Select(o => o.Name), written.Model.Graph.Results.Select(o => o.Name));
        // The same kernels on the same values, but for where a sum of the file became a bias.
        foreach ((string name, float[] values) in Run(written.Model, inputs))
            Assert.All(
                before[name].Zip(values),
                p => Assert.Equal(p.First, p.Second, 2e-6f * MathF.Max(1, MathF.Abs(p.First)))
            );
    }

    private static IReadOnlyDictionary<string, float[]> Run(Model model, float[] inputs)
    {
        using var predictor = new Predictor(model);
        return predictor.PredictAll(inputs);
    }
}
