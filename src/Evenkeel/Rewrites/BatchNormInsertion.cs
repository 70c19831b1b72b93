using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Rewrites;

namespace Evenkeel;

/// <summary>
/// Algorithm 2, lines 1-5, for any network: inserts batch normalisation before activations and drops the biases that it cancels.
/// </summary>
public static class BatchNormInsertion
{
    /// <summary>
    /// The network with batch normalisation inserted: by default before every activation that has none, except the output layer.
    /// </summary>
    /// <param name="graph">The network, which is not changed.</param>
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
