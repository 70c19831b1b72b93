using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>Computes the activation behind a convolution with a bias while its output is made.</summary>
internal sealed class FuseConvolutionActivation : IRewriteRule
{
    /// <inheritdoc/>
    public string Name => "fuse-convolution-activation";

    /// <inheritdoc/>
    public RewriteMatch Match(GraphEditor graph, Node node, PlanOptions? options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Layer is not ConvolutionOperation { Layer.Bias: true, Fused: null })
            return RewriteMatch.NotConcerned;
        Node[] consumers = [.. graph.Consumers(node.Name)];
        Node? activation = Array.Find(consumers, c => c.Layer is Activation);
        if (activation is null)
            return RewriteMatch.NotConcerned;
        if (consumers.Length > 1 || graph.IsOutput(node.Name))
            return RewriteMatch.Declines("the value before the activation is read elsewhere too");
        if (options is not null && (options.Observes(node.Name) || options.Observes(activation.Name)))
            return RewriteMatch.Declines("the value is to be observed by name");
        // In training the gradient is computed from the output alone, which is all that is stored.
        bool inference = options is not null && options.Mode != PlanMode.Training;
        return inference || activation.Layer is Relu or Sigmoid or Tanh or Clip or HardSigmoid
            ? RewriteMatch.Applies($"computes {activation.Name} while the output is made")
            : RewriteMatch.Declines($"the gradient of {activation.Layer.Kind} needs the value before it");
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
                (ConvolutionOperation)node.Layer with
                {
                    Fused = (Activation)activation.Layer,
                },
                node.Inputs
            )
            .Bypass(activation.Name);
    }
}
