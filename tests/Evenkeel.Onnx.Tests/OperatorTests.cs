using Evenkeel.Onnx.Export;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>Operators by hand, where the published cases leave something open or are not installed.</summary>
public sealed class OperatorTests
{
    [Theory]
    [InlineData(5, new long[] { 2, 2, 1 })]
    [InlineData(6, new long[] { 2, 2, 2 })]
    public void Equal_parts_but_the_last(int length, long[] lengths)
    {
        float[] x = Range(length);
        for (int part = 0, start = 0; part < 3; start += (int)lengths[part], part++)
        {
            ModelProto proto = NodeFiles.Model(
                18,
                [length],
                NodeFiles.Node("Split", "x", "a b c", NodeFiles.Set("axis", 1), NodeFiles.Set("num_outputs", 3)),
                NodeFiles.Node("Neg", $"{"abc"[part]}", "y")
            );
            Assert.Equal(x.Skip(start).Take((int)lengths[part]).Select(v => -v), Run(proto, x));
        }
    }

    [Theory]
    [InlineData("1", 1, new float[] { 4, 5, 6 })]
    [InlineData("0", 2, new float[] { 1, 4 })]
    [InlineData("-1 0 1", 2, new float[] { 3, 1, 2, 6, 4, 5 })]
    public void Indices_that_are_known_cut_out_and_join(string indices, int axis, float[] expected)
    {
        long[] chosen = [.. indices.Split(' ').Select(long.Parse)];
        ModelProto proto = NodeFiles
            .Model(13, [2, 3], NodeFiles.Node("Gather", "x i", "y", NodeFiles.Set("axis", axis)))
            .With("i", chosen);
        if (chosen.Length == 1)
            proto.Graph.Initializer[0].Dims.Clear();
        Assert.Equal(expected, Run(proto, [1, 2, 3, 4, 5, 6]));
    }

    [Fact]
    public void Repeated_dimensions_are_expanded_or_joined()
    {
        ModelProto proto = NodeFiles.Model(13, [1, 2], NodeFiles.Node("Tile", "x r", "y")).With("r", 1, 2, 2);
        Assert.Equal([1f, 2, 1, 2, 1, 2, 1, 2], Run(proto, [1, 2]));
    }

    [Theory]
    [InlineData(1f, 1f)]
    [InlineData(0f, -1f)]
    public void A_condition_that_is_the_same_everywhere_chooses(float condition, float sign)
    {
        ModelProto proto = NodeFiles
            .Model(13, [2], NodeFiles.Node("Neg", "x", "n"), NodeFiles.Node("Where", "c x n", "y"))
            .With("c", [condition, condition], 2);
        Assert.Equal([3f * sign, 4f * sign], Run(proto, [3, 4]));
    }

    [Fact]
    public void Computed_matrices_are_multiplied()
    {
        // Each head's rows times the other rows of the same head.
        var turned = NodeFiles.Node("Transpose", "x", "t");
        turned.Attribute.Add(new AttributeProto { Name = "perm", Ints = { 0, 1, 3, 2 } });
        ModelProto proto = NodeFiles.Model(13, [2, 2, 3], turned, NodeFiles.Node("MatMul", "x t", "y"));
        Assert.Equal([14f, 32, 32, 77, 2, 2, 2, 5], Run(proto, [1, 2, 3, 4, 5, 6, 1, 0, 1, 2, 1, 0]), Close);
    }

    [Fact]
    public void The_batch_may_stand_behind_other_dimensions_for_a_while()
    {
        // [N, 3, 2] as [3, N, 2], of which the last two rows are cut out, one of them taken, and the batch is in front again.
        var moved = NodeFiles.Node("Transpose", "x", "m");
        moved.Attribute.Add(new AttributeProto { Name = "perm", Ints = { 1, 0, 2 } });
        ModelProto proto = NodeFiles
            .Model(
                13,
                [3, 2],
                moved,
                NodeFiles.Node("Slice", "m from to at", "s"),
                NodeFiles.Node("Split", "s", "a b", NodeFiles.Set("axis", 0)),
                NodeFiles.Node("Squeeze", "b at", "y")
            )
            .With("from", 1)
            .With("to", 3)
            .With("at", 0);
        Assert.Equal([5f, 6], Run(proto, [1, 2, 3, 4, 5, 6]));
        proto.Graph.Node[^1] = NodeFiles.Node("Softmax", "b", "y");
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains("'b' has its batch in dimension 1", e.Message, StringComparison.Ordinal);
        proto.Graph.Node[^1] = NodeFiles.Node("Relu", "b", "y");
        using OnnxModel model = OnnxModel.Import(proto, "test");
        Assert.Contains(
            "The output 'y' has its batch in dimension 1 in the file; the model has it in front",
            Assert.Single(model.Notes),
            StringComparison.Ordinal
        );
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-4;

    [Fact]
    public void Parts_that_do_not_make_up_the_whole_are_refused()
    {
        ModelProto proto = NodeFiles
            .Model(
                13,
                [5],
                NodeFiles.Node("Split", "x parts", "a b", NodeFiles.Set("axis", 1)),
                NodeFiles.Node("Neg", "a", "y")
            )
            .With("parts", 2, 2);
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains("parts of [2, 2] for 2 results do not make up 5", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_values_and_a_constant_are_added()
    {
        ModelProto proto = NodeFiles
            .Model(13, [2], NodeFiles.Node("Neg", "x", "n"), NodeFiles.Node("Sum", "c x x n", "y"))
            .With("c", [10, 20], 2);
        Assert.Equal([11f, 22f], Run(proto, [1, 2]));
    }

    [Theory]
    [InlineData(6, new long[] { 2 })]
    [InlineData(16, new long[] { 2, 1, 1 })]
    public void One_slope_per_channel(int opset, long[] shape)
    {
        ModelProto proto = NodeFiles
            .Model(opset, [2, 1, 3], NodeFiles.Node("PRelu", "x slope", "y"))
            .With("slope", [0.5f, -2], shape);
        Assert.Equal([-0.5f, 0, 3, 8, 5, 6], Run(proto, [-1, 0, 3, -4, 5, 6]));
    }

    [Fact]
    public void One_slope_for_all_is_a_leaky_rectifier()
    {
        ModelProto proto = NodeFiles.Model(16, [3], NodeFiles.Node("PRelu", "x slope", "y")).With("slope", [0.25f], 1);
        Assert.Equal([-0.5f, 0, 3], Run(proto, [-2, 0, 3]));
    }

    [Fact]
    public void Blocks_of_channels_become_pixels_and_come_back()
    {
        float[] x = Range(2 * 8 * 3 * 2);
        ModelProto there = NodeFiles.Model(
            13,
            [8, 3, 2],
            NodeFiles.Node("DepthToSpace", "x", "s", NodeFiles.Set("blocksize", 2)),
            NodeFiles.Node("SpaceToDepth", "s", "y", NodeFiles.Set("blocksize", 2))
        );
        Assert.Equal(x, Run(there, x));
        ModelProto odd = NodeFiles.Model(
            13,
            [6, 3, 2],
            NodeFiles.Node("DepthToSpace", "x", "y", NodeFiles.Set("blocksize", 2))
        );
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(odd, "test"));
        Assert.Contains("not a whole number of blocks of 2 by 2", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaxPool", 2)]
    [InlineData("AveragePool", 1.5)]
    public void A_window_rounded_up_over_a_smaller_image(string operation, double expected)
    {
        ModelProto proto = NodeFiles.Model(
            12,
            [1, 1, 2],
            NodeFiles.Node(
                operation,
                "x",
                "y",
                NodeExport.Attribute("kernel_shape", [1, 3]),
                NodeExport.Attribute("strides", [1, 2]),
                NodeFiles.Set("ceil_mode", 1)
            )
        );
        Assert.Equal([(float)expected], Run(proto, [1, 2]));
    }

    [Theory]
    [InlineData("MaxPool", new[] { 1f, 3, 4 })]
    [InlineData("AveragePool", new[] { 1f, 2.5f, 4 })]
    public void Padding_that_no_window_reaches_is_left_out(string operation, float[] expected)
    {
        ModelProto proto = NodeFiles.Model(
            9,
            [1, 1, 4],
            NodeFiles.Node(
                operation,
                "x",
                "y",
                NodeExport.Attribute("kernel_shape", [1, 2]),
                NodeExport.Attribute("strides", [1, 2]),
                NodeExport.Attribute("pads", [0, 1, 0, 2])
            )
        );
        Assert.Equal(expected, Run(proto, [1, 2, 3, 4]));
    }

    [Theory]
    [InlineData(0, 1, new[] { 1.5f, 2.5f, 3.5f, 2 })]
    [InlineData(1, 0, new[] { 0.5f, 1.5f, 2.5f, 3.5f })]
    public void Counted_padding_on_one_side(int before, int behind, float[] expected)
    {
        ModelProto proto = NodeFiles.Model(
            13,
            [1, 1, 4],
            NodeFiles.Node(
                "AveragePool",
                "x",
                "y",
                NodeExport.Attribute("kernel_shape", [1, 2]),
                NodeExport.Attribute("pads", [0, before, 0, behind]),
                NodeFiles.Set("count_include_pad", 1)
            )
        );
        Assert.Equal(expected, Run(proto, [1, 2, 3, 4]));
    }

    private static float[] Range(int count) => [.. Enumerable.Range(1, count).Select(i => (float)i)];

    private static float[] Run(ModelProto proto, float[] x)
    {
        using OnnxModel model = OnnxModel.Import(proto, "test");
        using var predictor = new Predictor(model.Model);
        float[] y = predictor.Predict(ChannelOrder.ToLast(x, predictor.InputShape));
        return ChannelOrder.ToFirst(y, model.Model.Graph.Output.Shape);
    }
}
