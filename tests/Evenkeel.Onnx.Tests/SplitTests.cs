using Evenkeel.Layers;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>A split of a file is one of the model, whatever axis it cuts, and is written as one again.</summary>
public sealed class SplitTests
{
    private static readonly float[] Inputs = [.. Enumerable.Range(0, 64).Select(i => (float)i)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Parts_along_any_axis_are_the_values_of_one_layer(int axis)
    {
        // The second part is called as the layer's second value is, and a node before it too.
        ModelProto proto = NodeFiles
            .Model(
                13,
                [4, 4, 4],
                NodeFiles.Node("Neg", "x", "Split_a:1"),
                NodeFiles.Node("Split", "Split_a:1 parts", "a b", NodeFiles.Set("axis", axis)),
                NodeFiles.Node("Concat", "b a", "y", NodeFiles.Set("axis", axis))
            )
            .With("parts", 1, 3);
        proto.Graph.Node[0].Name = "Split_a:1";
        int stride = 64 / (int)Math.Pow(4, axis);
        float[] expected = [.. Enumerable.Range(0, 64).Select(i => -Inputs[Next(i, stride)])];
        using OnnxModel model = OnnxModel.Import(proto, "test");
        Check(model.Model, expected);
        using var folder = new TemporaryFolder();
        OnnxExport.Save(model.Model, folder.File("m.onnx"));
        using OnnxModel again = OnnxModel.Load(folder.File("m.onnx"));
        Check(again.Model, expected);
    }

    private static int Next(int i, int stride) => i + ((i / stride % 4) == 3 ? -3 : 1) * stride;

    private static void Check(Model model, float[] expected)
    {
        Assert.Single(model.Graph.Nodes, n => n.Layer is Split);
        Assert.DoesNotContain(model.Graph.Nodes, n => n.Layer is Pad);
        using var predictor = new Predictor(model);
        float[] y = predictor.Predict(ChannelOrder.ToLast(Inputs, predictor.InputShape));
        Assert.Equal(expected, ChannelOrder.ToFirst(y, predictor.OutputShape));
    }
}
