using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>
/// Pools a normalised value again for the backward pass instead of keeping what was pooled: what the normalisation reads is kept anyway, and the pooling
/// normalises it while it reads it. Networks for large images pool so where their activations are largest.
/// </summary>
internal sealed class RematerializeMaxPool() : RewriteRule("rematerialize-maxpool")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (
            options.Mode != PlanMode.Training
            || node.Layer is not MaxPoolingLayer
            || !RematerializeBatchNorm.IsReadForWeights(graph, node)
        )
            return RewriteMatch.NotConcerned;
        Node norm = graph[node.Inputs[0]];
        if (!RematerializeBatchNorm.IsNormalized(norm) || graph.Reads(norm.Name) > 1)
            return RewriteMatch.NotConcerned;
        return Obstacle(graph, node, norm, options) is { } obstacle
            ? RewriteMatch.Declines(obstacle)
            : RewriteMatch.Applies(
                "a pooling of what is kept; computed again for the weights' gradient",
                () => Rematerialize(graph, node, norm, options)
            );
    }

    private static string? Obstacle(GraphEditor graph, Node node, Node norm, PlanOptions options) =>
        RematerializeBatchNorm.Kept(graph, node, options)
        ?? (
            graph[norm.Inputs[0]].Layer is IRematerialized { Recomputes: true } ? $"{norm.Inputs[0]} is not kept" : null
        );

    // The normalised value is made again with it, unless it is kept anyway.
    private static void Rematerialize(GraphEditor graph, Node node, Node norm, PlanOptions options)
    {
        graph.Replace(node.Name, new MaxPoolOperation((MaxPoolingLayer)node.Layer));
        if (RematerializeBatchNorm.Kept(graph, norm, options) is null)
            graph.Replace(norm.Name, (BatchNormOperation)norm.Layer with { Recomputes = true });
    }
}
