using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Import;

/// <summary>
/// What files of older versions write out in many nodes becomes the layer that it is. Nodes that are read elsewhere too stay; the others go.
/// </summary>
internal static class WrittenOut
{
    /// <summary>The graph with such layers; <paramref name="tensors"/> gets their scales and shifts.</summary>
    public static Graph Run(Graph graph, Dictionary<string, float[]> tensors)
    {
        Graph before = graph;
        foreach (Node node in before.Nodes.Where(n => n.Layer is Erf or Tanh))
        {
            if (WrittenGelu.Find(new Expressions(graph, tensors), node) is var (last, x, layer))
                graph = new GraphEditor(graph).Replace(last.Name, layer, [x.Name]).ToGraph();
        }

        foreach (Node node in before.Nodes.Where(n => n.Layer is Divide or Multiply))
        {
            if (
                graph[node.Name].Layer is Divide or Multiply
                && WrittenLayerNorm.Find(new Expressions(graph, tensors), graph[node.Name]) is var (x, layer)
            )
                graph = WithScale(graph, tensors, node.Name, x, layer);
        }

        return graph == before ? graph : Needed(graph);
    }

    // Maps behind it, which are one per place if one dimension is normalised, are its scale and shift; it stands where the first one stood.
    private static Graph WithScale(
        Graph graph,
        Dictionary<string, float[]> tensors,
        string quotient,
        Node x,
        LayerNorm layer
    )
    {
        int places = layer.Tensors([x.Shape])[0].Count;
        float[] scale = [.. Enumerable.Repeat(1f, places)],
            shift = new float[places];
        var editor = new GraphEditor(graph);
        string name = quotient;
        for (Node? map = Reader(graph, quotient); layer.Dimensions == 1 && map?.Layer is ChannelAffine; )
        {
            float[] by = tensors[$"{map.Name}.weight"],
                plus = tensors[$"{map.Name}.bias"];
            for (int i = 0; i < places; i++)
                (scale[i], shift[i]) = (scale[i] * by[i], (shift[i] * by[i]) + plus[i]);
            if (name == quotient)
                name = map.Name;
            else
                editor.Bypass(map.Name);
            map = Reader(graph, map.Name);
        }

        (tensors[$"{name}.weight"], tensors[$"{name}.bias"]) = (scale, shift);
        return editor.Replace(name, layer, [x.Name]).ToGraph();
    }

    private static Node? Reader(Graph graph, string name) =>
        !graph.IsOutput(name) && graph.Consumers(name).ToArray() is [var reader] ? reader : null;

    private static Graph Needed(Graph graph)
    {
        var needed = graph.OutputNames.ToHashSet();
        foreach (Node node in graph.Nodes.Reverse().Where(n => needed.Contains(n.Name)))
            needed.UnionWith(node.Inputs);
        return new Graph(graph.Nodes.Where(n => n.Layer is Input || needed.Contains(n.Name)), graph.Results);
    }
}
