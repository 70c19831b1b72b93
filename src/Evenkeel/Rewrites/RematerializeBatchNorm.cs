using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>
/// Computes a normalised value again for the backward pass instead of keeping it: it is an affine map, and perhaps an activation, of
/// what is kept anyway, so one cheap pass saves its memory.
/// </summary>
internal sealed class RematerializeBatchNorm() : RewriteRule("rematerialize-batchnorm")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is not BatchNormOperation { UsesBatch: true, Recomputes: false, AddsResidual: false } norm)
            return RewriteMatch.NotConcerned;
        if (options.Mode != PlanMode.Training || norm.Layer.PerActivation)
            return RewriteMatch.NotConcerned;
        IReadOnlyList<Node> consumers = graph.Consumers(node.Name);
        if (consumers.Count == 0 || !consumers.All(c => c.Layer is ConvolutionOperation))
            return RewriteMatch.NotConcerned;
        if (norm.Fused is { GradientUsesOutput: true } activation)
            return RewriteMatch.Declines($"the gradient of {activation.Kind} needs the output");
        return graph.IsOutput(node.Name) || options.Observes(node.Name)
            ? RewriteMatch.Declines("the value is read after the run")
            : RewriteMatch.Applies(
                "an affine map of what is kept; computed again for the weights' gradient",
                () => graph.Replace(node.Name, norm with { Recomputes = true })
            );
    }
}
