using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Export;

/// <summary>
/// Flattening an image gives another order of values when channels come first. Where only linear layers see that order, their
/// weights are written in it; elsewhere the file transposes.
/// </summary>
internal static class FlattenedOrder
{
    /// <summary>Values that are written in the order of channels first, with the shape of the image that was flattened.</summary>
    public static Dictionary<string, Shape> Find(Graph graph)
    {
        var found = new Dictionary<string, Shape>();
        foreach (Node node in graph.Nodes.Where(n => n.Layer is Flatten))
        {
            Shape image = graph.ShapeOf(node.Inputs[0]);
            if (image.Positions == 1 || image.Channels == 1)
                continue;
            if (OnlyLinear(graph, node) is { } rows)
                rows.ForEach(row => found[row] = image);
        }

        return found;
    }

    // The values in which only linear layers see the order; null if others see it too.
    private static List<string>? OnlyLinear(Graph graph, Node flatten)
    {
        var rows = new List<string>();
        var open = new Stack<Node>([flatten]);
        while (open.TryPop(out Node? row))
        {
            rows.Add(row.Name);
            Node[] others = [.. graph.Consumers(row.Name).Where(reader => reader.Layer is not Linear)];
            if (graph.IsOutput(row.Name) || !others.All(KeepsOrder))
                return null;
            foreach (Node other in others)
                open.Push(other);
        }

        return rows;
    }

    private static bool KeepsOrder(Node node) => node.Layer is UnaryFunction or Dropout or BatchNorm or ChannelAffine;
}
