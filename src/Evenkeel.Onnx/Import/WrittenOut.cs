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
        var editor = new GraphEditor(graph);
        var expressions = new Expressions(editor, tensors);
        foreach (Node node in graph.Nodes.Where(n => n.Layer is Erf or Tanh))
        {
            if (WrittenGelu.Find(expressions, editor[node.Name]) is var (last, x, layer))
                editor.Replace(last.Name, layer, [x.Name]);
        }

        foreach (Node node in graph.Nodes.Where(n => n.Layer is Divide or Multiply))
        {
            if (WrittenLayerNorm.Find(expressions, editor[node.Name]) is var (x, layer))
                WithScale(editor, tensors, node.Name, x, layer);
        }

        return editor.RemoveUnneeded().ToGraph();
    }

    // Maps behind it, which are one per position if one dimension is normalised, are its scale and shift; it stands where the first one stood.
    private static void WithScale(
        GraphEditor graph,
        Dictionary<string, float[]> tensors,
        string quotient,
        Node x,
        LayerNorm layer
    )
    {
        int count = layer.Tensors([x.Shape])[0].Count;
        float[] scale = [.. Enumerable.Repeat(1f, count)],
            shift = new float[count];
        var maps = new List<string>();
        for (Node? map = Reader(graph, quotient); layer.Dimensions == 1 && map?.Layer is ChannelAffine; )
        {
            float[] by = tensors[$"{map.Name}.weight"],
                plus = tensors[$"{map.Name}.bias"];
            for (int i = 0; i < count; i++)
                (scale[i], shift[i]) = (scale[i] * by[i], (shift[i] * by[i]) + plus[i]);
            maps.Add(map.Name);
            map = Reader(graph, map.Name);
        }

        string name = maps.FirstOrDefault(quotient);
        (tensors[$"{name}.weight"], tensors[$"{name}.bias"]) = (scale, shift);
        foreach (string passed in maps.Skip(1))
            graph.Bypass(passed);
        graph.Replace(name, layer, [x.Name]);
    }

    private static Node? Reader(GraphEditor graph, string name) =>
        !graph.IsOutput(name) && graph.Consumers(name) is [var reader] ? reader : null;
}
