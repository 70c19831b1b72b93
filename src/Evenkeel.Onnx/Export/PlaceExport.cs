using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Export;

/// <summary>Layers that give values other dimensions or places.</summary>
internal static class PlaceExport
{
    /// <summary>[batch, channels, ...] as [batch, ..., channels].</summary>
    public static string ToLast(NodeExport node, string value, int rank) =>
        rank < 2
            ? value
            : node.EmitAs(
                $"{node.Name}.channels_last",
                "Transpose",
                [value],
                NodeExport.Attribute("perm", [0, .. Enumerable.Range(2, rank - 1), 1])
            );

    /// <summary>[batch, ..., channels] as [batch, channels, ...].</summary>
    public static string ToFirst(NodeExport node, string value, int rank) =>
        rank < 2
            ? value
            : node.Emit(
                "Transpose",
                [value],
                NodeExport.Attribute("perm", [0, rank, .. Enumerable.Range(1, rank - 1)])
            );

    public static string Flatten(NodeExport node)
    {
        Shape shape = node.InputShape;
        if (shape.Dimensions.Length == 1)
            return node.Inputs[0];
        bool moves = !node.MakesFlattened && shape.Positions > 1 && shape.Channels > 1;
        string x = moves ? ToLast(node, node.Inputs[0], shape.Dimensions.Length) : node.Inputs[0];
        return node.Emit("Flatten", [x], NodeExport.Attribute("axis", 1));
    }

    public static string Reshape(NodeExport node)
    {
        Shape target = node.Node.Shape;
        string x = ToLast(node, node.Inputs[0], node.InputShape.Dimensions.Length),
            shape = node.Integers("shape", [-1, .. target.Dimensions.Select(d => (long)d)]);
        return target.Dimensions.Length == 1
            ? node.Emit("Reshape", [x, shape])
            : ToFirst(node, node.EmitAs($"{node.Name}.rows", "Reshape", [x, shape]), target.Dimensions.Length);
    }

    public static string Permute(NodeExport node)
    {
        AxisList order = ((Permute)node.Node.Layer).Order;
        int rank = order.Count;
        int[] axes = [.. Enumerable.Range(0, rank).Select(axis => 1 + InFile(order[InModel(axis, rank)], rank))];
        return node.Emit("Transpose", node.Inputs, NodeExport.Attribute("perm", [0, .. axes]));
    }

    public static string Stretch(NodeExport node) =>
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

    public static string Pad(NodeExport node)
    {
        var pad = (Pad)node.Node.Layer;
        string pads = node.Integers("pads", [0, .. InFile(pad.Before), 0, .. InFile(pad.After)]);
        string mode = pad.Mode.ToString().ToLowerInvariant();
        string[] read =
            pad.Mode == PadMode.Constant
                ? [node.Inputs[0], pads, node.Floats("value", [pad.Value])]
                : [node.Inputs[0], pads];
        return node.Emit("Pad", read, NodeExport.Attribute("mode", mode));
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

    /// <summary>A dimension of the model's in the file, the batch left out.</summary>
    public static int InFile(int axis, int rank) => axis == rank - 1 ? 0 : axis + 1;

    private static int InModel(int axis, int rank) => axis == 0 ? rank - 1 : axis - 1;

    private static IEnumerable<long> InFile(AxisList numbers) =>
        numbers.TakeLast(1).Concat(numbers.SkipLast(1)).Select(n => (long)n);
}
