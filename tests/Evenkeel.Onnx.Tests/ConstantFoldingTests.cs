using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>What is known while importing is computed then: each case adds its constant to an input of zeros.</summary>
public sealed class ConstantFoldingTests
{
    private static readonly Dictionary<string, (float[] Expected, NodeProto[] Nodes)> Cases = new()
    {
        ["range"] = ([1, 3, 5], [Node("Range", "one six two", "i"), Float("i", "c")]),
        ["tile"] = ([1, 2, 1, 2], [Node("Tile", "pair two_", "c")]),
        ["expand"] = ([1, 1, 1], [Node("Cast", "one", "f", Set("to", 1)), Node("Expand", "f three_", "c")]),
        ["fill"] = ([0, 0], [Node("ConstantOfShape", "two_", "c")]),
        ["where"] = ([1, 20], [Node("Greater", "pair threshold", "b"), Node("Where", "b tens pair", "c")]),
        ["equal"] = ([0, 1], [Node("Equal", "pair two_f", "b"), Float("b", "c")]),
        ["not"] = ([1, 0], [Node("Equal", "pair two_f", "b"), Node("Not", "b", "n"), Float("n", "c")]),
        ["reduce"] = ([6], [Node("ReduceProd", "counts", "p", Set("keepdims", 1)), Float("p", "c")]),
        ["mean"] = ([1.5f], [Node("ReduceMean", "pair", "c")]),
        ["nonzero"] = (
            [1],
            [Node("Sub", "pair ones", "d"), Node("NonZero", "d", "i"), Float("i", "n"), Flat("n", "c")]
        ),
        ["power"] = ([1, 4], [Node("Pow", "pair two_f", "c")]),
        ["root"] = ([2], [Node("Sqrt", "four", "c")]),
        ["modulo"] = ([1, 0, 1], [Node("Mod", "counts two", "m"), Float("m", "c")]),
        ["most"] = ([1.5f, 2], [Node("Max", "pair threshold", "c")]),
        ["split"] = ([2], [Node("Split", "pair", "a c", Set("axis", 0))]),
        ["joined"] = (
            [1, 2, 10, 20],
            [
                Node("Unsqueeze", "pair zero_", "p"),
                Node("Unsqueeze", "tens zero_", "t"),
                Node("Concat", "p t", "q", Set("axis", 0)),
                Flat("q", "c"),
            ]
        ),
        ["gathered"] = ([2, 1, 2], [Node("Gather", "pair turns", "c")]),
        ["dequantised"] = ([5, 0, -5], [Node("DequantizeLinear", "whole fifth zero_point", "c")]),
        ["dequantised_per_axis"] = ([5, 0, -1], [Node("DequantizeLinear", "whole scales", "c", Set("axis", 0))]),
        ["quantised"] = ([255, 2, 0], [Node("QuantizeLinear", "wild half byte_zero", "q"), Float("q", "c")]),
        ["condition"] = ([1, 2], [Node("Greater", "two one", "b"), If("b", "pair", "tens")]),
        ["other_condition"] = ([10, 20], [Node("Less", "two one", "b"), If("b", "pair", "tens")]),
        // The batch is of no fixed size; whatever holds for every batch is known all the same.
        ["batch_of_any_size"] = (
            [1, 1],
            [Node("Shape", "x", "s"), Node("Equal", "s minus", "e"), Node("Not", "e", "n"), Float("n", "c")]
        ),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_constant_is_computed(string name)
    {
        (float[] expected, NodeProto[] nodes) = Cases[name];
        ModelProto proto = Constants(NodeFiles.Model(13, [expected.Length], [.. nodes, Node("Add", "x c", "y")]));
        using OnnxModel model = OnnxModel.Import(proto, "test");
        using var predictor = new Predictor(model.Model);
        Assert.Equal(expected, predictor.Predict(new float[expected.Length]));
    }

    [Fact]
    public void What_depends_on_the_size_of_the_batch_is_refused()
    {
        ModelProto proto = Constants(
            NodeFiles.Model(
                13,
                [2],
                Node("Shape", "x", "s"),
                Node("Equal", "s two", "e"),
                Float("e", "c"),
                Node("Add", "x c", "y")
            )
        );
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains("depends on the batch size", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_condition_of_the_input_is_refused_with_the_operators_of_its_branches()
    {
        ModelProto proto = Constants(
            NodeFiles.Model(13, [2], Node("Greater", "x two_f", "b"), If("b", "pair", "tens"))
        );
        proto.Graph.Node[1].Output[0] = "y";
        proto.Graph.Node[1].Attribute[0].G.Node.Add(Node("LSTM", "x", "z"));
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains("Greater 'Greater_b': it is supported for constants", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_of_the_branch_that_is_not_taken_do_not_matter()
    {
        ModelProto proto = Constants(
            NodeFiles.Model(13, [2], Node("Cosh", "x", "h"), Node("Greater", "two one", "b"), If("b", "x", "h"))
        );
        proto.Graph.Node[2].Output[0] = "y";
        using OnnxModel model = OnnxModel.Import(proto, "test");
        using var predictor = new Predictor(model.Model);
        Assert.Equal([3f, 4f], predictor.Predict([3, 4]));
    }

    private static NodeProto Node(
        string operation,
        string inputs,
        string outputs,
        params AttributeProto[] attributes
    ) => NodeFiles.Node(operation, inputs, outputs, attributes);

    private static AttributeProto Set(string name, long value) => NodeFiles.Set(name, value);

    private static NodeProto Float(string from, string to) => Node("Cast", from, to, Set("to", 1));

    private static NodeProto Flat(string from, string to) => Node("Reshape", $"{from} all", to);

    private static NodeProto If(string condition, string then, string otherwise) =>
        Node("If", condition, "c", Branch("then_branch", then), Branch("else_branch", otherwise));

    private static AttributeProto Branch(string name, string value)
    {
        var graph = new GraphProto();
        graph.Node.Add(Node("Identity", value, "result"));
        graph.Output.Add(NodeFiles.Info("result", []));
        return new AttributeProto { Name = name, G = graph };
    }

    private static ModelProto Constants(ModelProto model)
    {
        model
            .With("pair", [1f, 2f], 2)
            .With("tens", [10f, 20f], 2)
            .With("ones", [1f, 1f], 2)
            .With("threshold", [1.5f])
            .With("two_f", [2f])
            .With("four", [4f], 1)
            .With("fifth", [2.5f])
            .With("scales", [2.5f, 1f, 0.5f], 3)
            .With("half", [0.5f])
            .With("wild", [1000f, 1.25f, -3f], 3)
            .With("two_", 2)
            .With("three_", 3)
            .With("zero_", 0)
            .With("minus", -1)
            .With("all", -1)
            .With("counts", 1, 2, 3)
            .With("turns", 1, 0, 1);
        foreach ((string name, long value) in new[] { ("one", 1L), ("two", 2), ("six", 6) })
            model.With(name, value).Graph.Initializer[^1].Dims.Clear();
        AddBytes(model, "whole", TensorType.Int8, [2, 0, 0xFE], 3);
        AddBytes(model, "zero_point", TensorType.Int8, [0]);
        AddBytes(model, "byte_zero", TensorType.UInt8, [0]);
        return model;
    }

    private static void AddBytes(ModelProto model, string name, TensorType type, byte[] bytes, params long[] dimensions)
    {
        var tensor = new TensorProto
        {
            Name = name,
            DataType = (int)type,
            RawData = Google.Protobuf.ByteString.CopyFrom(bytes),
        };
        tensor.Dims.AddRange(dimensions);
        model.Graph.Initializer.Add(tensor);
    }
}
