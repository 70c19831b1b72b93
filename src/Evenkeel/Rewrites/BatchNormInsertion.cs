using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Rewrites;

/// <summary>
/// Algorithm 2, lines 1-5, on any network: batch normalisation in front of chosen activations, and the biases that it cancels dropped.
/// </summary>
public static class BatchNormInsertion
{
    /// <summary>
    /// The network with batch normalisation inserted. By default in front of every activation that does not have it yet, the
    /// output layer left out.
    /// </summary>
    /// <param name="graph">The network, left as it is.</param>
    /// <param name="convention">Null: the default convention.</param>
    /// <param name="where">Chooses activations; null for the default.</param>
    public static Graph InsertBatchNorm(
        this Graph graph,
        BatchNormConvention? convention = null,
        Func<Node, bool>? where = null
    )
    {
        ArgumentNullException.ThrowIfNull(graph);
        where ??= node => !graph.IsOutput(node.Name);
        var layer = new BatchNorm(convention ?? BatchNormConvention.Default);
        foreach (Node node in graph.Nodes.Where(n => n.Layer is Activation).Where(where))
        {
            if (graph[node.Inputs[0]].Layer is BatchNorm)
                continue;
            string name = graph.UnusedName(layer.Kind);
            graph = new GraphEditor(graph).InsertBefore(node.Name, name, layer).ToGraph();
            if (CancelledBias.Obstacle(graph, graph[node.Inputs[0]]) is null)
                graph = CancelledBias.Drop(graph, graph[node.Inputs[0]]);
        }

        return graph;
    }
}
