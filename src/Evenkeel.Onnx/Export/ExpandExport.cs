namespace Evenkeel.Onnx.Export;

/// <summary>Values broadcast along dimensions, and constants broadcast over the batch.</summary>
internal static class ExpandExport
{
    public static string Expand(NodeExport node) =>
        node.Emit(
            "Expand",
            [
                node.Inputs[0],
                node.Integers("shape", [1, .. NodeExport.ChannelsFirst(node.Node.Shape).Select(d => (long)d)]),
            ]
        );

    public static string Constant(NodeExport node)
    {
        Shape shape = node.Node.Shape;
        int[] dimensions = NodeExport.ChannelsFirst(shape);
        string value = node.Floats("value", ChannelOrder.ToFirst(node.Values("value"), shape), [1, .. dimensions]);
        return node.Emit("Expand", [value, WithBatch(node, [.. dimensions.Select(d => (long)d)])]);
    }

    /// <summary>The batch of the input, and sizes behind it.</summary>
    public static string WithBatch(NodeExport node, params long[] sizes)
    {
        string shape = node.EmitAs($"{node.Name}.shape", "Shape", [node.Inputs[0]]),
            zero = node.Integers("first", 0),
            one = node.Integers("end", 1);
        string batch = node.EmitAs($"{node.Name}.batch", "Slice", [shape, zero, one, zero]);
        string behind = node.Integers("size", sizes);
        return node.EmitAs($"{node.Name}.sizes", "Concat", [batch, behind], NodeExport.Attribute("axis", 0));
    }
}
