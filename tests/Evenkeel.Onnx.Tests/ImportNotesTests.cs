using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>What an import assumed, one sentence for each kind of assumption.</summary>
public sealed class ImportNotesTests
{
    [Fact]
    public void Other_types_and_newer_operators_are_told_of_the_file()
    {
        ModelProto proto = NodeFiles.Model(99, [2], NodeFiles.Node("MatMul", "x w", "y"));
        var weights = new TensorProto { Name = "w", DataType = (int)TensorType.Double };
        weights.Dims.AddRange([2L, 2L]);
        weights.DoubleData.AddRange([1, 2, 3, 4]);
        proto.Graph.Initializer.Add(weights);
        using OnnxModel model = OnnxModel.Import(proto, "test");
        Assert.Equal(
            [
                "The file has opset 99; its operators were read as in opset 24, the newest that is known.",
                "Its weights or its input are float64 and were rounded to float32.",
            ],
            model.Notes
        );
    }

    [Fact]
    public void The_same_of_several_nodes_is_one_sentence()
    {
        ModelProto proto = NodeFiles.Model(
            13,
            [2],
            NodeFiles.Node("Cast", "x", "a", NodeFiles.Set("to", 10)),
            NodeFiles.Node("Relu", "a", "b"),
            NodeFiles.Node("Cast", "b", "c", NodeFiles.Set("to", 10)),
            NodeFiles.Node("Neg", "c", "y")
        );
        using OnnxModel model = OnnxModel.Import(proto, "test");
        Assert.Equal(
            ["2 Cast ('Cast_a', 'Cast_c'): values are cast to Float16 in the file and stay float32 here."],
            model.Notes
        );
    }
}
