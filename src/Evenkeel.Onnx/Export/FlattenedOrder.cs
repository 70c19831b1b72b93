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
            Shape image = graph[node.Inputs[0]].Shape;
            if (image.Positions == 1 || image.Channels == 1)
                continue;
            var rows = new List<string>();
            if (OnlyLinear(graph, node.Name, rows))
                rows.ForEach(row => found[row] = image);
        }

        return found;
    }

    private static bool OnlyLinear(Graph graph, string value, List<string> rows)
    {
        rows.Add(value);
        return !graph.IsOutput(value)
            && graph
                .Consumers(value)
                .All(reader =>
                    reader.Layer is Linear
                    || (
                        reader.Layer is UnaryFunction or Dropout or BatchNorm or ChannelAffine
                        && OnlyLinear(graph, reader.Name, rows)
                    )
                );
    }
}
