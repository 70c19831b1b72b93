using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>
/// Ends a residual block in one pass: normalise, add the shortcut, rectify. Neither the normalised value nor the sum is stored.
/// </summary>
internal sealed class FuseBatchNormAddActivation : IRewriteRule
{
    /// <inheritdoc/>
    public string Name => "fuse-batchnorm-add-activation";

    /// <inheritdoc/>
    public RewriteMatch Match(GraphEditor graph, Node node, PlanOptions? options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Layer is not AddOperation || options is null || options.Mode == PlanMode.Inference)
            return RewriteMatch.NotConcerned;
        if (graph.Consumers(node.Name) is not [{ Layer: Relu } relu] || graph.IsOutput(node.Name))
            return RewriteMatch.NotConcerned;
        if (Normalized(graph, node) is not { } norm)
            return RewriteMatch.Declines(
                "neither value is normalised with statistics gathered by a convolution, for this sum alone"
            );
        if (((BatchNormOperation)norm.Layer).Layer.Convention.SingleValue != SingleValuePolicy.Error)
            return RewriteMatch.Declines($"{norm.Name} has a policy of its own for one value per channel");
        return options.Observes(node.Name) || options.Observes(norm.Name) || options.Observes(relu.Name)
            ? RewriteMatch.Declines("the value is to be observed by name")
            : RewriteMatch.Applies($"{norm.Name}, the sum and {relu.Name} in one pass");
    }

    /// <inheritdoc/>
    public void Apply(GraphEditor graph, Node node)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        Node norm = Normalized(graph, node)!;
        Node relu = graph.Consumers(node.Name).Single();
        string residual = node.Inputs[0] == norm.Name ? node.Inputs[1] : node.Inputs[0];
        BatchNormOperation fused = (BatchNormOperation)norm.Layer with
        {
            AddsResidual = true,
            Fused = (Activation)relu.Layer,
        };
        graph
            .Bypass(relu.Name)
            .Bypass(node.Name, norm.Name)
            .MoveAfter(norm.Name, residual)
            .Replace(norm.Name, fused, [norm.Inputs[0], residual]);
    }

    private static Node? Normalized(GraphEditor graph, Node sum) =>
        sum
            .Inputs.Select(i => graph[i])
            .FirstOrDefault(n =>
                n.Layer
                    is BatchNormOperation
                    {
                        StatisticsGiven: true,
                        Fused: null,
                        Layer.PerActivation: false,
                        AddsResidual: false
                    }
                && !graph.IsOutput(n.Name)
                && graph.Reads(n.Name) == 1
            );
}
