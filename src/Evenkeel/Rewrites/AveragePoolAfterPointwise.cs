using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>
/// Averages after a 1x1 convolution without bias instead of before it: both are linear, one over positions and one over channels,
/// so their order does not matter, and there are fewer channels to average after a projection.
/// </summary>
internal sealed class AveragePoolAfterPointwise : IRewriteRule
{
    /// <inheritdoc/>
    public string Name => "average-after-pointwise";

    /// <inheritdoc/>
    public RewriteMatch Match(GraphEditor graph, Node node, PlanOptions? options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Layer is not AveragePool2d { Window: { StrideY: 1, StrideX: 1 } } pool)
            return RewriteMatch.NotConcerned;
        Node[] consumers = [.. graph.Consumers(node.Name)];
        if (
            consumers
            is not [
                {
                    Layer: ConvolutionOperation
                    {
                        Layer: Conv2d { Window: { Height: 1, Width: 1, StrideY: 1, StrideX: 1 } } layer
                    }
                } next,
            ]
        )
            return RewriteMatch.NotConcerned;
        if (graph.IsOutput(node.Name))
            return RewriteMatch.Declines("the average is read after the run");
        if (layer.Bias || layer.Groups > 1)
            return RewriteMatch.Declines($"{next.Name} has {(layer.Bias ? "a bias" : "groups")}");
        if (layer.Filters >= node.Shape.Channels)
            return RewriteMatch.Declines($"{next.Name} does not make fewer channels");
        bool same = pool.InferShape([node.Shape]) == node.Shape;
        if (!same)
            return RewriteMatch.Declines("it makes the image smaller, so the convolution is better behind it");
        return options is not null && (options.Observes(node.Name) || options.Observes(next.Name))
            ? RewriteMatch.Declines("the value is to be observed by name")
            : RewriteMatch.Applies(
                $"averages {layer.Filters} channels behind {next.Name} instead of {node.Shape.Channels}"
            );
    }

    /// <inheritdoc/>
    public void Apply(GraphEditor graph, Node node)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        Node next = graph.Consumers(node.Name).Single();
        graph.SwapWithReader(node.Name, next.Name);
    }
}
