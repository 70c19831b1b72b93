using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Rewrites;

namespace Evenkeel;

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
        var editor = new GraphEditor(graph);
        int number = 1;
        foreach (Node node in graph.Nodes.Where(n => n.Layer is Activation).Where(where))
        {
            string before = node.Inputs[0];
            if (editor[before].Layer is BatchNorm)
                continue;
            while (editor.Contains($"{layer.Kind}{number}"))
                number++;
            editor.InsertBefore(node.Name, $"{layer.Kind}{number}", layer);
            if (CancelledBias.Obstacle(editor, editor[before]) is null)
                CancelledBias.Drop(editor, editor[before]);
        }

        return editor.ToGraph();
    }
}
