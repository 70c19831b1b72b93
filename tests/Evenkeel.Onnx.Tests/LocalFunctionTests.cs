using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>Functions that a file defines itself.</summary>
public sealed class LocalFunctionTests
{
    [Fact]
    public void Bodies_take_the_place_of_calls_with_names_and_attributes_of_their_own()
    {
        // leak(x) twice, with a slope given and with the function's own; the second calls through another function.
        ModelProto proto = NodeFiles.Model(
            13,
            [2],
            Call("leak", "x", "a", NodeFiles.Set("slope", 0.5f)),
            Call("through", "a", "y")
        );
        // Names of nodes need not differ.
        proto.Graph.Node[0].Name = proto.Graph.Node[1].Name = "call";
        proto.Functions.Add(Leak());
        proto.Functions.Add(Function("through", "v", "w", Call("leak", "v", "w")));
        using OnnxModel model = OnnxModel.Import(proto, "test");
        using var predictor = new Predictor(model.Model);
        // -4 * 0.5 * 0.25 and 3; then doubled twice.
        Assert.Equal([-2f, 12f], predictor.Predict([-4, 3]));
    }

    [Fact]
    public void Functions_inside_each_other_may_call_their_values_alike()
    {
        ModelProto proto = NodeFiles.Model(13, [2], Call("outer", "x", "y"));
        proto.Functions.Add(Function("outer", "v", "w", NodeFiles.Node("Neg", "v", "t"), Call("inner", "t", "w")));
        proto.Functions.Add(
            Function("inner", "v", "w", NodeFiles.Node("Relu", "v", "t"), NodeFiles.Node("Neg", "t", "w"))
        );
        using OnnxModel model = OnnxModel.Import(proto, "test");
        using var predictor = new Predictor(model.Model);
        Assert.Equal([-4f, 0f], predictor.Predict([-4, 3]));
    }

    [Fact]
    public void A_function_that_calls_itself_is_refused()
    {
        ModelProto proto = NodeFiles.Model(13, [2], Call("loop", "x", "y"));
        proto.Functions.Add(Function("loop", "v", "w", Call("loop", "v", "w")));
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains("'loop' calls functions more than 100 deep", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_that_multiply_meet_the_limit_of_nodes()
    {
        ModelProto proto = NodeFiles.Model(13, [2], Call("f40", "x", "y"));
        for (int i = 1; i <= 40; i++)
            proto.Functions.Add(Function($"f{i}", "v", "w", Call($"f{i - 1}", "v", "u"), Call($"f{i - 1}", "u", "w")));
        proto.Functions.Add(Function("f0", "v", "w", NodeFiles.Node("Relu", "v", "w")));
        var options = new OnnxImportOptions { MaxNodes = 1000 };
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test", null, options));
        Assert.Contains("more nodes than the limit of 1000", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_of_nothing_count_as_well()
    {
        // 2^40 calls, and not one node.
        ModelProto proto = NodeFiles.Model(13, [2], Call("f40", "x", "y"));
        for (int i = 1; i <= 40; i++)
            proto.Functions.Add(Function($"f{i}", "v", "v", Call($"f{i - 1}", "v", "u"), Call($"f{i - 1}", "v", "w")));
        proto.Functions.Add(Function("f0", "v", "v"));
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains("more nodes than the limit of 100000", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_calls_itself_from_a_branch_is_refused()
    {
        NodeProto choice = NodeFiles.Node("If", "yes", "w");
        foreach (string branch in (string[])["then_branch", "else_branch"])
        {
            var graph = new GraphProto();
            graph.Node.Add(Call("loop", "v", "inner"));
            graph.Output.Add(NodeFiles.Info("inner", []));
            choice.Attribute.Add(new AttributeProto { Name = branch, G = graph });
        }

        NodeProto yes = NodeFiles.Node("Constant", "", "yes", NodeFiles.Set("value_int", 1L));
        yes.Input.Clear();
        ModelProto proto = NodeFiles.Model(13, [2], Call("loop", "x", "y"));
        proto.Functions.Add(Function("loop", "v", "w", yes, choice));
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains("'loop' calls functions more than 100 deep", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_attributes_that_calls_repeat_meet_a_limit()
    {
        // A name of a megabyte before that of each node of a body of a thousand.
        NodeProto call = Call("f", "x", "y");
        call.Name = new string('n', 1 << 20);
        ModelProto proto = NodeFiles.Model(13, [2], call);
        NodeProto[] body = [.. Enumerable.Range(0, 1000).Select(i => NodeFiles.Node("Relu", $"v{i}", $"v{i + 1}"))];
        proto.Functions.Add(Function("f", "v0", "v1000", body));
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains("more than the limit of 67108864 bytes", e.Message, StringComparison.Ordinal);
    }

    private static FunctionProto Leak()
    {
        NodeProto relu = NodeFiles.Node("LeakyRelu", "v", "t");
        relu.Attribute.Add(new AttributeProto { Name = "alpha", RefAttrName = "slope" });
        FunctionProto function = Function("leak", "v", "w", relu, NodeFiles.Node("Add", "t t", "w"));
        function.AttributeProto.Add(NodeFiles.Set("slope", 0.25f));
        return function;
    }

    private static FunctionProto Function(string name, string input, string output, params NodeProto[] nodes)
    {
        var function = new FunctionProto { Name = name, Domain = "local" };
        function.Input.Add(input);
        function.Output.Add(output);
        function.Node.AddRange(nodes);
        return function;
    }

    private static NodeProto Call(string name, string input, string output, params AttributeProto[] attributes)
    {
        NodeProto node = NodeFiles.Node(name, input, output, attributes);
        node.Domain = "local";
        return node;
    }
}
