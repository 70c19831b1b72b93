using Evenkeel.Onnx.Messages;
using Evenkeel.Onnx.Operators;

namespace Evenkeel.Onnx.Tests;

/// <summary>Nodes and inputs of a form that no exporter writes: each is refused with a line of its own.</summary>
public sealed class BareNodeTests
{
    public static TheoryData<string> Operators => [.. OperatorTable.Names];

    [Theory]
    [MemberData(nameof(Operators))]
    public void Nodes_that_read_nothing_are_refused(string operation)
    {
        NodeProto bare = NodeFiles.Node(operation, "x", "z");
        bare.Input.Clear();
        OnnxException e = Refused(NodeFiles.Model(17, [2, 3, 3], bare, NodeFiles.Node("Add", "x z", "y")));
        Assert.Contains(operation, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_that_is_declared_many_times_is_refused()
    {
        ModelProto model = NodeFiles.Model(17, [2], NodeFiles.Node("Relu", "x", "y"));
        for (int i = 0; i < 3; i++)
            model.Graph.Input.Add(model.Graph.Input[0].Clone());
        Refused(model);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Numbers_above_those_with_a_sign_are_refused(bool raw)
    {
        var tensor = new TensorProto { Name = "c", DataType = (int)TensorType.UInt64 };
        tensor.Dims.Add(1);
        if (raw)
            tensor.RawData = Google.Protobuf.ByteString.CopyFrom(BitConverter.GetBytes(ulong.MaxValue));
        else
            tensor.Uint64Data.Add(ulong.MaxValue);
        ModelProto model = NodeFiles.Model(17, [1], NodeFiles.Node("Add", "x c", "y"));
        model.Graph.Initializer.Add(tensor);
        Assert.Contains("2^63-1", Refused(model).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_larger_of_values_with_the_batch_elsewhere_is_refused()
    {
        NodeProto turned = NodeFiles.Node("Transpose", "x", "t");
        turned.Attribute.Add(new AttributeProto { Name = "perm", Ints = { 1, 0, 2 } });
        Refused(NodeFiles.Model(17, [2, 3], turned, NodeFiles.Node("Max", "t t", "y")));
    }

    private static OnnxException Refused(ModelProto model) =>
        Assert.Throws<OnnxException>(() => OnnxModel.Import(model, "test").Dispose());
}
