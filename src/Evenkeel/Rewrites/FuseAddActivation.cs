using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>Computes the activation behind the sum of a branch and its shortcut in the same pass, where no gradient needs the sum.</summary>
internal sealed class FuseAddActivation : IRewriteRule
{
    /// <inheritdoc/>
    public string Name => "fuse-add-activation";

    /// <inheritdoc/>
    public RewriteMatch Match(GraphEditor graph, Node node, PlanOptions? options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Layer is not AddOperation { Fused: null } || options is null || options.Mode == PlanMode.Training)
            return RewriteMatch.NotConcerned;
        Node[] consumers = [.. graph.Consumers(node.Name)];
        Node? activation = Array.Find(consumers, c => c.Layer is Activation);
        if (activation is null)
            return RewriteMatch.NotConcerned;
        if (consumers.Length > 1 || graph.IsOutput(node.Name))
            return RewriteMatch.Declines("the sum is read elsewhere too");
        return options.Observes(node.Name) || options.Observes(activation.Name)
            ? RewriteMatch.Declines("the value is to be observed by name")
            : RewriteMatch.Applies($"computes {activation.Name} in the same pass");
    }

    /// <inheritdoc/>
    public void Apply(GraphEditor graph, Node node)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        Node activation = graph.Consumers(node.Name).Single();
        graph
            .Replace(node.Name, (AddOperation)node.Layer with { Fused = (Activation)activation.Layer }, node.Inputs)
            .Bypass(activation.Name);
    }
}
