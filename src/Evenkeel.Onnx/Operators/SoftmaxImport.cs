using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Softmax and its logarithm: along one axis since version 13, over all axes from one on before.</summary>
internal static class SoftmaxImport
{
    public static Value Import(NodeImport node) => Import(node, new Softmax());

    public static Value Logarithm(NodeImport node) => Import(node, new LogSoftmax());

    private static ComputedValue Import(NodeImport node, Layer layer)
    {
        ComputedValue x = node.Computed(0);
        bool alongOne = node.Opset >= 13;
        int axis = Axis.FromFront(node.Int("axis", alongOne ? -1 : 1), x.Rank + 1);
        if (axis == 0)
            throw new UnsupportedException("it runs over the batch");
        return alongOne && x.Rank > 1 ? Along(node, layer, x, axis - 1) : From(node, layer, x, axis - 1);
    }

    private static ComputedValue Along(NodeImport node, Layer layer, ComputedValue x, int axis)
    {
        if (axis == 0)
            return Append(node, layer, node.Network.ChannelsLast(x));
        ComputedValue last = TransposeImport.AxisLast(node, node.Network.RowMajor(x), axis);
        return TransposeImport.AxisBack(node, Append(node, layer, last), axis);
    }

    // All values of an example are one row in whatever order they lie.
    private static ComputedValue From(NodeImport node, Layer layer, ComputedValue x, int first)
    {
        if (x.Rank <= 1)
            return Append(node, layer, x);
        if (first > 0)
            x = node.Network.RowMajor(x);
        int[] head = [.. x.Dimensions[..first], x.Dimensions[first..].Aggregate(1, (p, d) => p * d)];
        ComputedValue rows = node.Network.Renamed($"{node.OwnName}.rows", x, head, Layout.RowMajor);
        return node.Network.Renamed(
            $"{node.OwnName}.back",
            Append(node, layer, rows),
            x.Dimensions,
            x.Layout,
            x.Source
        );
    }

    private static ComputedValue Append(NodeImport node, Layer layer, ComputedValue x) =>
        node.Network.Append(node.OwnName, layer, x);
}
