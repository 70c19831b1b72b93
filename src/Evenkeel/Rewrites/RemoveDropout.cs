using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>Removes dropout from plans that do not train, and dropout of rate 0 from all plans.</summary>
internal sealed class RemoveDropout() : RewriteRule("remove-dropout")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is not Dropout dropout || (options.Mode == PlanMode.Training && dropout.Rate > 0))
            return RewriteMatch.NotConcerned;
        if (options.Observes(node.Name))
            return RewriteMatch.Observed;
        // What is fed in is the caller's and is not kept.
        return graph.IsOutput(node.Name) && graph[node.Inputs[0]].Layer is Input
            ? RewriteMatch.Declines("nothing else would be left")
            : RewriteMatch.Applies("the identity here", () => graph.Bypass(node.Name));
    }
}
