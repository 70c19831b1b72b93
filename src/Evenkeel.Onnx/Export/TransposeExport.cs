using Evenkeel.Layers;

namespace Evenkeel.Onnx.Export;

/// <summary>Transposed dimensions, and moves between the orders of models and files.</summary>
internal static class TransposeExport
{
    public static string Permute(NodeExport node)
    {
        AxisList order = ((Permute)node.Node.Layer).Order;
        int rank = order.Count;
        int[] axes = [.. Enumerable.Range(0, rank).Select(axis => 1 + InFile(order[InModel(axis, rank)], rank))];
        return node.Emit("Transpose", node.Inputs, NodeExport.Attribute("perm", [0, .. axes]));
    }

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

    /// <summary>A dimension of the model's in the file, the batch left out.</summary>
    public static int InFile(int axis, int rank) => axis == rank - 1 ? 0 : axis + 1;

    private static int InModel(int axis, int rank) => axis == 0 ? rank - 1 : axis - 1;
}
