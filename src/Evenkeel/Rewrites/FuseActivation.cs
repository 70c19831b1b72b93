using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>Computes an activation while the operation before it makes its output: the value between them is never stored.</summary>
internal sealed class FuseActivation() : RewriteRule("fuse-activation")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is not IFusesActivation { Fused: null } operation)
            return RewriteMatch.NotConcerned;
        IReadOnlyList<Node> readers = graph.Consumers(node.Name);
        if (readers.FirstOrDefault(r => r.Layer is Activation) is not { Layer: Activation activation } next)
            return RewriteMatch.NotConcerned;
        if (readers.Count > 1 || graph.IsOutput(node.Name))
            return RewriteMatch.Declines("the value before the activation is read elsewhere too");
        if (options.Observes(node.Name, next.Name))
            return RewriteMatch.Observed;
        return operation.Obstacle(activation, options.Mode) is { } obstacle
            ? RewriteMatch.Declines(obstacle)
            : RewriteMatch.Applies(
                $"computes {next.Name} in the same pass",
                () => graph.Replace(node.Name, operation.With(activation)).Bypass(next.Name)
            );
    }
}
