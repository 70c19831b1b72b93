using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>Computes the activation behind batch normalisation in the same pass: the normalised value is never stored.</summary>
internal sealed class FuseBatchNormActivation : IRewriteRule
{
    /// <inheritdoc/>
    public string Name => "fuse-batchnorm-activation";

    /// <inheritdoc/>
    public RewriteMatch Match(GraphEditor graph, Node node, PlanOptions? options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Layer is not BatchNormOperation { Fused: null })
            return RewriteMatch.NotConcerned;
        Node[] consumers = [.. graph.Consumers(node.Name)];
        Node? activation = Array.Find(consumers, c => c.Layer is Activation);
        if (activation is null)
            return RewriteMatch.NotConcerned;
        if (consumers.Length > 1 || graph.IsOutput(node.Name))
            return RewriteMatch.Declines("the normalised value is read elsewhere too");
        if (options is not null && (options.Observes(node.Name) || options.Observes(activation.Name)))
            return RewriteMatch.Declines("the value is to be observed by name");
        return RewriteMatch.Applies($"computes {activation.Name} in the same pass");
    }

    /// <inheritdoc/>
    public void Apply(GraphEditor graph, Node node)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        Node activation = graph.Consumers(node.Name).Single();
        graph
            .Replace(
                node.Name,
                (BatchNormOperation)node.Layer with
                {
                    Fused = (Activation)activation.Layer,
                },
                node.Inputs
            )
            .Bypass(activation.Name);
    }
}
