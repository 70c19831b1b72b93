using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>Arithmetic of sizes and constants, as exporters write it.</summary>
public sealed class FoldingTests
{
    [Fact]
    public void A_row_of_the_batch_and_the_rest_is_a_flattening()
    {
        ModelProto proto = NodeFiles
            .Model(
                13,
                [2, 3, 4],
                NodeFiles.Node("Shape", "x", "shape"),
                NodeFiles.Node("Gather", "shape zero", "batch"),
                NodeFiles.Node("Unsqueeze", "batch axis", "first"),
                NodeFiles.Node("Concat", "first rest", "target", NodeFiles.Set("axis", 0)),
                NodeFiles.Node("Reshape", "x target", "y")
            )
            .With("zero", 0)
            .With("axis", 0)
            .With("rest", -1);
        proto.Graph.Initializer[0].Dims.Clear();
        using OnnxModel model = OnnxModel.Import(proto, "test");
        Assert.Equal(new Shape(24), model.Model.Graph.Output.Shape);
        using var predictor = new Predictor(model.Model);
        float[] x = [.. Enumerable.Range(0, 48).Select(i => (float)i)];
        Assert.Equal(x, predictor.Predict(ChannelOrder.ToLast(x, predictor.InputShape)));
    }

    [Theory]
    [InlineData(0, long.MaxValue, 1, new[] { 1f, 2, 3, 4 })]
    [InlineData(-1, long.MinValue + 1, -1, new[] { 4f, 3, 2, 1 })]
    [InlineData(3, 0, -2, new[] { 4f, 2 })]
    [InlineData(1, -1, 1, new[] { 2f, 3 })]
    [InlineData(0, 4, 3, new[] { 1f, 4 })]
    public void Constants_are_cut_in_both_directions(long start, long end, long step, float[] expected)
    {
        ModelProto proto = NodeFiles
            .Model(
                13,
                [expected.Length],
                NodeFiles.Node("Slice", "c start end axis step", "s"),
                NodeFiles.Node("Add", "x s", "y")
            )
            .With("c", [1, 2, 3, 4], 4)
            .With("start", start)
            .With("end", end)
            .With("axis", 0)
            .With("step", step);
        using OnnxModel model = OnnxModel.Import(proto, "test");
        using var predictor = new Predictor(model.Model);
        Assert.Equal(expected, predictor.Predict(new float[expected.Length]));
    }

    [Fact]
    public void A_product_and_a_sum_become_one_layer()
    {
        ModelProto proto = NodeFiles
            .Model(13, [2], NodeFiles.Node("MatMul", "x fc.weight", "p"), NodeFiles.Node("Add", "p b", "y"))
            .With("fc.weight", [1, 2, 3, 4, 5, 6], 2, 3)
            .With("b", [10, 20, 30], 3);
        using OnnxModel model = OnnxModel.Import(proto, "test");
        Node only = Assert.Single(model.Model.Graph.Nodes.Skip(1));
        Assert.Equal("fc", only.Name);
        Assert.True(Assert.IsType<Linear>(only.Layer).Bias);
        using var predictor = new Predictor(model.Model);
        Assert.Equal([15f, 27f, 39f], predictor.Predict([1f, 1f]));
    }

    [Fact]
    public void A_product_that_is_read_twice_keeps_its_sum_apart()
    {
        ModelProto proto = NodeFiles
            .Model(
                13,
                [2],
                NodeFiles.Node("MatMul", "x w", "p"),
                NodeFiles.Node("Add", "p b", "s"),
                NodeFiles.Node("Mul", "p s", "y")
            )
            .With("w", [1, 2, 3, 4], 2, 2)
            .With("b", [10, 20], 2);
        using OnnxModel model = OnnxModel.Import(proto, "test");
        using var predictor = new Predictor(model.Model);
        Assert.Equal([4f * 14, 6f * 26], predictor.Predict([1f, 1f]));
    }
}
