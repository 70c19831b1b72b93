using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>
/// Computes a normalised value again for the backward pass instead of keeping it: it is an affine map, and perhaps an activation, of
/// what is kept anyway, so one cheap pass saves its memory. A concatenation of such values is computed again as a whole.
/// </summary>
internal sealed class RematerializeBatchNorm() : RewriteRule("rematerialize-batchnorm")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (options.Mode != PlanMode.Training || node.Layer is not BatchNormOperation { Recomputes: false } norm)
            return RewriteMatch.NotConcerned;
        Node read = Whole(graph, node);
        if (!IsNormalized(node) || !IsReadForWeights(graph, read))
            return RewriteMatch.NotConcerned;
        return Obstacle(graph, read, options) is { } obstacle
            ? RewriteMatch.Declines(obstacle)
            : RewriteMatch.Applies(
                "an affine map of what is kept; computed again for the weights' gradient",
                () => graph.Replace(node.Name, norm with { Recomputes = true })
            );
    }

    // The concatenation that the value lies in, or the value itself.
    private static Node Whole(GraphEditor graph, Node node) =>
        graph.Reads(node.Name) == 1
        && graph.Consumers(node.Name) is [{ Layer: IOperation { HoldsInputs: true } } concat]
            ? concat
            : node;

    /// <summary>Whether a value is an affine map, and perhaps an activation, of what is kept.</summary>
    public static bool IsNormalized(Node node) =>
        node.Layer is BatchNormOperation { UsesBatch: true, AddsResidual: false, Layer.PerActivation: false };

    /// <summary>Whether the gradients of convolutions' weights read a value, and nothing else does on the way back; pooling reads none there.</summary>
    public static bool IsReadForWeights(GraphEditor graph, Node node)
    {
        IReadOnlyList<Node> consumers = graph.Consumers(node.Name);
        return consumers.Any(c => c.Layer is ConvolutionOperation)
            && consumers.All(c => c.Layer is ConvolutionOperation or PoolingLayer);
    }

    private static string? Obstacle(GraphEditor graph, Node read, PlanOptions options) =>
        read.Layer is IOperation { HoldsInputs: true }
            ? Kept(graph, read, options)
                ?? read.Inputs.Select(i => KeptPart(graph, graph[i], options)).FirstOrDefault(o => o is not null)
            : Kept(graph, read, options);

    private static string? KeptPart(GraphEditor graph, Node part, PlanOptions options) =>
        IsNormalized(part) && graph.Reads(part.Name) == 1
            ? Kept(graph, part, options)
            : $"{part.Name} in the same concatenation is kept";

    /// <summary>Why a value must be kept; null where it need not.</summary>
    public static string? Kept(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is BatchNormOperation { Fused: { GradientUsesOutput: true } activation })
            return $"the gradient of {activation.Kind} needs the output";
        return graph.IsOutput(node.Name) || options.Observes(node.Name) ? "the value is read after the run" : null;
    }
}
