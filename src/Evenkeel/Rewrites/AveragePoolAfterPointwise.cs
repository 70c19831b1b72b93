using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>
/// Averages after a 1x1 convolution without bias instead of before it: both are linear, one over positions and one over channels,
/// so their order does not matter, and there are fewer channels to average after a projection.
/// </summary>
internal sealed class AveragePoolAfterPointwise() : RewriteRule("average-after-pointwise")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is not AveragePool2d { Window: { StrideY: 1, StrideX: 1 } } pool)
            return RewriteMatch.NotConcerned;
        if (graph.Consumers(node.Name) is not [{ Layer: ConvolutionOperation { Layer: Conv2d layer } } next])
            return RewriteMatch.NotConcerned;
        if (layer.Window is not { Height: 1, Width: 1, StrideY: 1, StrideX: 1 })
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
        return options.Observes(node.Name, next.Name)
            ? RewriteMatch.Observed
            : RewriteMatch.Applies(
                $"averages {layer.Filters} channels behind {next.Name} instead of {node.Shape.Channels}",
                () => graph.SwapWithReader(node.Name, next.Name)
            );
    }
}
