using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>Removes dropout from plans that do not train, noise from plans for inference, and either from all plans where it does nothing.</summary>
internal sealed class RemoveDropout() : RewriteRule("remove-dropout")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (!IsIdentity(node.Layer, options.Mode))
            return RewriteMatch.NotConcerned;
        if (options.Observes(node.Name))
            return RewriteMatch.Observed;
        // What is fed in is the caller's and is not kept.
        return graph.IsOutput(node.Name) && graph[node.Inputs[0]].Layer is Input
            ? RewriteMatch.Declines("nothing else would be left")
            : RewriteMatch.Applies("the identity here", () => graph.Bypass(node.Name));
    }

    private static bool IsIdentity(Layer layer, PlanMode mode) =>
        layer switch
        {
            Dropout dropout => mode != PlanMode.Training || dropout.Rate == 0,
            GaussianNoise noise => mode == PlanMode.Inference || noise.Deviation == 0,
            _ => false,
        };
}
