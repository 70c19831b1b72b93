using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Bench;

/// <summary>Networks whose slices share statistics otherwise.</summary>
internal static class BatchNormTies
{
    /// <summary>The same network with so many slices tied in each batch normalisation.</summary>
    public static Graph Of(Graph graph, int syncGroupSize)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes.Where(n => n.Layer is BatchNorm))
            editor.Replace(node.Name, (BatchNorm)node.Layer with { SyncGroupSize = syncGroupSize });
        return editor.ToGraph();
    }
}
