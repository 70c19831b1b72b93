using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>Multiplies an image by one factor for each channel without broadcasting the factors over all positions first.</summary>
internal sealed class BroadcastMultiply() : RewriteRule("broadcast-multiply")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is not Multiply || Expanded(graph, node) is not { } expand)
            return RewriteMatch.NotConcerned;
        if (options.Mode == PlanMode.Training)
            return RewriteMatch.Declines("the gradient of the factors needs them broadcast");
        bool read = graph.Reads(expand.Name) > 1 || graph.IsOutput(expand.Name);
        if (read || options.Observes(expand.Name))
            return RewriteMatch.Declines("the broadcast factors are read elsewhere too");
        string image = node.Inputs.Single(i => i != expand.Name);
        return RewriteMatch.Applies(
            $"reads the factors of {expand.Name} where they are",
            () => graph.Replace(node.Name, new MultiplyChannels(), [image, expand.Name]).Bypass(expand.Name)
        );
    }

    private static Node? Expanded(GraphEditor graph, Node node) =>
        node.Inputs[0] == node.Inputs[1]
            ? null
            : node
                .Inputs.Select(i => graph[i])
                .FirstOrDefault(n => n.Layer is Expand && graph.ShapeOf(n.Inputs[0]).Count == n.Shape.Channels);
}
