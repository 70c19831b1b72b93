using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Onnx.Tests;

/// <summary>Random networks over all layers as ONNX, from there as safetensors, and as ONNX again: the same outputs by the same names.</summary>
public sealed class RandomRoundTripTests
{
    private const int Cases = 40;

    [Fact]
    public void From_ONNX_to_safetensors_and_back()
    {
        using var folder = new TemporaryFolder();
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                Graph graph = network.Graph;
                string between = graph.Nodes[graph.Nodes.Length / 2].Name;
                GraphOutput[] outputs = [new(graph.OutputName, "scores"), new(between, "between")];
                using Model model = RandomModel.Of(new Graph(graph.Nodes, outputs), network.ValueSeed);
                float[] inputs = network.Inputs();
                var expected = new ExpectedValues(model, PlanMode.Inference, inputs);
                OnnxExport.Save(model, folder.File("a.onnx"));
                using OnnxModel imported = OnnxModel.Load(folder.File("a.onnx"));
                Close(expected, outputs, imported.Model, inputs);
                ModelFile.Save(imported.Model, folder.File("a.safetensors"));
                using Model read = ModelFile.Load(folder.File("a.safetensors"));
                Assert.Equal(Run(imported.Model, inputs), Run(read, inputs));
                OnnxExport.Save(read, folder.File("b.onnx"));
                using OnnxModel again = OnnxModel.Load(folder.File("b.onnx"));
                Assert.Equal(graph.Input.Name, again.InputName);
                Close(expected, outputs, again.Model, inputs);
            }
        );
    }

    private static IReadOnlyDictionary<string, float[]> Run(Model model, float[] inputs)
    {
        using var predictor = new Predictor(model);
        return predictor.PredictAll(inputs);
    }

    // The importer may put what a file writes out into fewer layers, which rounds at other places.
    private static void Close(ExpectedValues expected, GraphOutput[] outputs, Model model, float[] inputs)
    {
        IReadOnlyDictionary<string, float[]> found = Run(model, inputs);
        Assert.Equal(outputs.Select(o => o.Name), found.Keys);
        foreach (GraphOutput output in outputs)
            expected.Check(output.Node, found[output.Name], $"{output.Name} read back");
    }
}
