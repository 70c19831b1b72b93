using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>Files with very many nodes, and small ones that make much. What grew with the square of the nodes would not end within the limit.</summary>
public sealed class LargeFileTests
{
    private const int Nodes = 15_000;
    private const int Limit = 75_000;

    [Fact(Timeout = Limit)]
    public Task A_chain_of_nodes_of_one_name_is_imported_and_run() =>
        Task.Run(() =>
        {
            ModelProto proto = Chain(Nodes, (i, node) => node.Name = "node");
            using OnnxModel model = OnnxModel.Import(proto, "test");
            using var predictor = new Predictor(model.Model, 1);
            Assert.Equal([0f, 3f], predictor.Predict([-4, 3]));
        });

    [Fact(Timeout = Limit)]
    public Task Sums_behind_products_are_taken_in_as_biases_all_along_a_chain() =>
        Task.Run(() =>
        {
            NodeProto[] nodes =
            [
                .. Enumerable
                    .Range(0, Nodes / 2)
                    .SelectMany(i =>
                        (NodeProto[])
                            [
                                NodeFiles.Node("MatMul", $"v{i} w", $"m{i}"),
                                NodeFiles.Node("Add", $"m{i} b", $"v{i + 1}"),
                            ]
                    ),
            ];
            nodes[0].Input[0] = "x";
            nodes[^1].Output[0] = "y";
            ModelProto proto = NodeFiles.Model(13, [2], nodes).With("w", [1f, 0, 0, 1], 2, 2).With("b", [0f, 1], 2);
            using OnnxModel model = OnnxModel.Import(proto, "test");
            Assert.Equal((Nodes / 2) + 1, model.Model.Graph.Nodes.Length);
        });

    [Fact(Timeout = Limit)]
    public Task Squares_of_squares_before_an_error_function_are_imported() =>
        Task.Run(() =>
        {
            // As a product it has 2^40 factors.
            NodeProto[] squares =
            [
                .. Enumerable.Range(0, 40).Select(i => NodeFiles.Node("Mul", $"v{i} v{i}", $"v{i + 1}")),
            ];
            squares[0].Input[0] = squares[0].Input[1] = "x";
            NodeProto[] gate =
            [
                NodeFiles.Node("Mul", "v40 root", "scaled"),
                NodeFiles.Node("Erf", "scaled", "e"),
                NodeFiles.Node("Add", "e one", "sum"),
                NodeFiles.Node("Mul", "sum v39", "y"),
            ];
            ModelProto proto = NodeFiles
                .Model(13, [2], [.. squares, .. gate])
                .With("root", [MathF.Sqrt(0.5f)], 1)
                .With("one", [1f], 1);
            using OnnxModel model = OnnxModel.Import(proto, "test");
            Assert.Equal(45, model.Model.Graph.Nodes.Length);
        });

    [Fact]
    public void Reasons_of_which_each_is_another_are_told_in_a_line_of_bounded_length()
    {
        NodeProto[] nodes =
        [
            .. Enumerable.Range(0, 2000).Select(i => NodeFiles.Node($"Unknown{i}", $"v{i}", $"v{i + 1}")),
        ];
        nodes[0].Input[0] = "x";
        nodes[^1].Output[0] = "y";
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(NodeFiles.Model(13, [2], nodes), "test"));
        Assert.Contains("2000 nodes cannot be imported", e.Message, StringComparison.Ordinal);
        Assert.Contains("1980 more operators or cases", e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Message.Length, 1, 4000);
    }

    [Fact]
    public void Constants_that_are_made_of_one_another_meet_a_limit_together()
    {
        NodeProto[] nodes =
        [
            NodeFiles.Node("ConstantOfShape", "size", "c0"),
            .. Enumerable.Range(0, 100).Select(i => NodeFiles.Node("Neg", $"c{i}", $"c{i + 1}")),
            NodeFiles.Node("ReduceSum", "c100", "sum"),
            NodeFiles.Node("Add", "x sum", "y"),
        ];
        ModelProto proto = NodeFiles.Model(13, [2], nodes).With("size", 1L << 20);
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains(
            "constants of more than the limit of 16777216 values in all",
            e.Message,
            StringComparison.Ordinal
        );
    }

    private static ModelProto Chain(int count, Action<int, NodeProto> change)
    {
        NodeProto[] nodes = [.. Enumerable.Range(0, count).Select(i => NodeFiles.Node("Relu", $"v{i}", $"v{i + 1}"))];
        for (int i = 0; i < count; i++)
            change(i, nodes[i]);
        nodes[0].Input[0] = "x";
        nodes[^1].Output[0] = "y";
        return NodeFiles.Model(13, [2], nodes);
    }
}
