using Evenkeel.Layers;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Export;

/// <summary>Normalisation within an example, by an operator of its own where the version has one.</summary>
internal static class ExampleNormExport
{
    private const int FirstOfLayer = 17;
    private const int FirstOfGroupPerChannel = 21;

    /// <summary>Over the last dimensions of the model: they are moved last in the file too, unless there are no others.</summary>
    public static string Layer(NodeExport node)
    {
        var layer = (LayerNorm)node.Node.Layer;
        int rank = node.InputShape.Dimensions.Length;
        int[] dimensions = [.. node.InputShape.Dimensions[^layer.Dimensions..]];
        if (layer.Dimensions < rank)
        {
            string moved = TransposeExport.ToLast(node, node.Inputs[0], rank);
            string y = Over(node, layer, moved, dimensions, values => values, $"{node.Name}.rows");
            return TransposeExport.ToFirst(node, y, rank);
        }

        Shape shape = node.InputShape;
        return Over(
            node,
            layer,
            node.Inputs[0],
            NodeExport.ChannelsFirst(shape),
            values => rank > 1 ? ChannelOrder.ToFirst(values, shape) : node.InFileOrder(values),
            node.Name
        );
    }

    public static string Instance(NodeExport node) =>
        node.Emit(
            "InstanceNormalization",
            [node.Inputs[0], PerChannel(node, "weight"), PerChannel(node, "bias")],
            Epsilon(node)
        );

    /// <summary>Up to version 20 as an instance normalisation of groups, and scale and shift behind it.</summary>
    public static string Group(NodeExport node)
    {
        var layer = (GroupNorm)node.Node.Layer;
        Shape shape = node.InputShape;
        if (node.Options.Opset >= FirstOfGroupPerChannel && shape.Dimensions.Length > 1)
            return node.Emit(
                "GroupNormalization",
                [node.Inputs[0], PerChannel(node, "weight"), PerChannel(node, "bias")],
                Epsilon(node),
                NodeExport.Attribute("num_groups", layer.Groups)
            );
        int[] first = NodeExport.ChannelsFirst(shape);
        float[] ones = [.. Enumerable.Repeat(1f, layer.Groups)];
        string groups = Reshaped(node, "groups", node.Inputs[0], [-1, layer.Groups, shape.Count / layer.Groups]);
        string normalized = node.EmitAs(
            $"{node.Name}.normalized",
            "InstanceNormalization",
            [
                groups,
                node.Floats("ones", ones, layer.Groups),
                node.Floats("zeros", new float[layer.Groups], layer.Groups),
            ],
            Epsilon(node)
        );
        string back = Reshaped(node, "back", normalized, [-1, .. first.Select(d => (long)d)]);
        int[] dimensions = [shape.Channels, .. Enumerable.Repeat(1, first.Length - 1)];
        return Affine(node, back, dimensions, values => values, node.Name);
    }

    private static string Over(
        NodeExport node,
        LayerNorm layer,
        string x,
        int[] dimensions,
        Func<float[], float[]> ordered,
        string name
    )
    {
        if (node.Options.Opset < FirstOfLayer)
            return WrittenOut(node, layer, x, dimensions, ordered, name);
        string[] read =
        [
            x,
            node.Floats("weight", ordered(node.Values("weight")), dimensions),
            node.Floats("bias", ordered(node.Values("bias")), dimensions),
        ];
        AttributeProto axis = NodeExport.Attribute("axis", -layer.Dimensions);
        return node.EmitAs(name, "LayerNormalization", read, axis, Epsilon(node));
    }

    private static string WrittenOut(
        NodeExport node,
        LayerNorm layer,
        string x,
        int[] dimensions,
        Func<float[], float[]> ordered,
        string name
    )
    {
        AttributeProto axes = NodeExport.Attribute("axes", [.. Enumerable.Range(-layer.Dimensions, layer.Dimensions)]);
        string part(string suffix, string operation, string[] read, params AttributeProto[] attributes) =>
            node.EmitAs($"{node.Name}.{suffix}", operation, read, attributes);
        string mean = part("mean", "ReduceMean", [x], axes),
            centered = part("centered", "Sub", [x, mean]),
            squares = part("squares", "Mul", [centered, centered]),
            variance = part("variance", "ReduceMean", [squares], axes),
            raised = part("raised", "Add", [variance, node.Floats("epsilon", [layer.Epsilon])]),
            deviation = part("deviation", "Sqrt", [raised]),
            normalized = part("normalized", "Div", [centered, deviation]);
        return Affine(node, normalized, dimensions, ordered, name);
    }

    private static string Affine(
        NodeExport node,
        string x,
        int[] dimensions,
        Func<float[], float[]> ordered,
        string name
    )
    {
        string scaled = node.EmitAs(
            $"{node.Name}.scaled",
            "Mul",
            [x, node.Floats("weight", ordered(node.Values("weight")), dimensions)]
        );
        return node.EmitAs(name, "Add", [scaled, node.Floats("bias", ordered(node.Values("bias")), dimensions)]);
    }

    private static string Reshaped(NodeExport node, string suffix, string x, long[] sizes) =>
        node.EmitAs($"{node.Name}.{suffix}", "Reshape", [x, node.Integers($"{suffix}.shape", sizes)]);

    private static string PerChannel(NodeExport node, string tensor) =>
        node.Floats(tensor, node.Values(tensor), node.InputShape.Channels);

    private static AttributeProto Epsilon(NodeExport node) =>
        NodeExport.Attribute("epsilon", ((ExampleNorm)node.Node.Layer).Epsilon);
}
