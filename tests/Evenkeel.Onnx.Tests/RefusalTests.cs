using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>A refusal names everything that stands in the way, once, and what to do.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void Unknown_operators_are_grouped_and_those_behind_them_found()
    {
        string message = Refused(
            NodeFiles.Node("Cosh", "x", "a"),
            NodeFiles.Node("Relu", "a", "b"),
            NodeFiles.Node("Cosh", "b", "c"),
            NodeFiles.Node("TopK", "c", "y")
        );
        Assert.Equal(
            "test: 3 nodes cannot be imported: 2 Cosh ('Cosh_a', 'Cosh_c'): the operator is not supported; "
                + "TopK 'TopK_y': it chooses among results; take the values before it and choose there.",
            message
        );
    }

    [Fact]
    public void Operators_for_constants_only_are_found_behind_others_but_not_in_arithmetic_with_sizes()
    {
        string message = Refused(
            NodeFiles.Node("Cosh", "x", "a"),
            NodeFiles.Node("NonZero", "a", "b"),
            NodeFiles.Node("Shape", "a", "n"),
            NodeFiles.Node("Round", "n", "m"),
            NodeFiles.Node("Add", "b m", "y")
        );
        Assert.Contains("NonZero 'NonZero_b': it is supported for constants", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Round", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_computed_are_found_behind_others()
    {
        string message = Refused(
            NodeFiles.Node("Cosh", "x", "a"),
            NodeFiles.Node("Gemm", "a x", "b"),
            NodeFiles.Node("Gemm", "b x", "y")
        );
        Assert.Contains(
            "2 Gemm ('Gemm_b', 'Gemm_y'): its input 2 must be a constant",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_last_value_that_can_be_had_is_named()
    {
        string message = Refused(NodeFiles.Node("Relu", "x", "a"), NodeFiles.Node("Cosh", "a", "y"));
        Assert.EndsWith("take the values before it as output: a.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_behind_one_are_looked_at_where_the_file_says_the_shape()
    {
        ModelProto proto = NodeFiles.Model(
            13,
            [2, 4, 4],
            NodeFiles.Node("Cosh", "x", "a"),
            NodeFiles.Node("Flatten", "a", "y", NodeFiles.Set("axis", 0))
        );
        Assert.DoesNotContain("Flatten", Refused(proto), StringComparison.Ordinal);
        proto.Graph.ValueInfo.Add(NodeFiles.Info("a", [-1, 2, 4, 4]));
        Assert.Contains("Flatten 'Flatten_y': flattening", Refused(proto), StringComparison.Ordinal);
    }

    [Fact]
    public void Quantised_activations_are_one_line()
    {
        string message = Refused(
            NodeFiles.Node("QuantizeLinear", "x s z", "a"),
            NodeFiles.Node("QLinearConv", "a s z", "b"),
            NodeFiles.Node("DequantizeLinear", "b s z", "c"),
            NodeFiles.Node("DynamicQuantizeLinear", "c", "y")
        );
        Assert.StartsWith(
            "test: 4 nodes cannot be imported: 4 quantised ('QuantizeLinear QuantizeLinear_a', 'QLinearConv QLinearConv_b', "
                + "'DequantizeLinear DequantizeLinear_c', 'DynamicQuantizeLinear DynamicQuantizeLinear_y'): values are quantised while",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Inputs_of_different_batches_and_unknown_operators_are_told_together()
    {
        ModelProto proto = NodeFiles.Model(
            13,
            [2],
            NodeFiles.Node("Add", "x h", "a"),
            NodeFiles.Node("Loop", "a", "y")
        );
        proto.Graph.Input.Add(NodeFiles.Info("h", [3, 2]));
        string message = Refused(proto);
        Assert.Contains(
            "its inputs x [batch, 2], h [3, 2] differ in the first dimension",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains("Loop 'Loop_y': loops are not supported", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_size_and_unknown_operators_are_told_together()
    {
        ModelProto proto = NodeFiles.Model(13, [2], NodeFiles.Node("Relu", "x", "a"), NodeFiles.Node("Cosh", "a", "y"));
        proto.Graph.Input[0] = NodeFiles.Info("x", [-1, -1]);
        string message = Refused(proto);
        Assert.Contains("input shape x=1,SIZE", message, StringComparison.Ordinal);
        Assert.Contains("Cosh 'Cosh_y'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_values_per_channel_with_spatial_0_the_attribute_is_named()
    {
        var file = new TestData.FileCase("spatial_0_with_values_per_channel");
        string message = Assert.Throws<OnnxException>(() => OnnxModel.Load(file.ModelPath)).Message;
        Assert.Contains("its attribute spatial = 0 asks for one value per position", message, StringComparison.Ordinal);
        Assert.Contains("need spatial = 1", message, StringComparison.Ordinal);
    }

    private static string Refused(params NodeProto[] nodes) =>
        Refused(NodeFiles.Model(13, [4], nodes).With("s", [0.5f]).With("z", [0L]));

    private static string Refused(ModelProto proto) =>
        Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test")).Message;
}
