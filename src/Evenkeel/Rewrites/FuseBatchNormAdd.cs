using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>
/// Adds the shortcut of a residual block, which a rectifier ends, while the other value is normalised: the normalised value is never stored.
/// </summary>
internal sealed class FuseBatchNormAdd() : RewriteRule("fuse-batchnorm-add")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is not AddOperation { Fused: null } || options.Mode == PlanMode.Inference)
            return RewriteMatch.NotConcerned;
        if (graph.Consumers(node.Name) is not [{ Layer: Relu }] || graph.IsOutput(node.Name))
            return RewriteMatch.NotConcerned;
        if (Normalized(graph, node) is not ({ } norm, { } operation))
            return RewriteMatch.Declines("neither value is normalised with the batch's statistics for this sum alone");
        string residual = node.Inputs[0] == norm.Name ? node.Inputs[1] : node.Inputs[0];
        return options.Observes(node.Name, norm.Name)
            ? RewriteMatch.Observed
            : RewriteMatch.Applies(
                $"{norm.Name} and the sum in one pass",
                () =>
                    graph
                        .Bypass(node.Name, norm.Name)
                        .MoveAfter(norm.Name, residual)
                        .Replace(norm.Name, operation with { AddsResidual = true }, [norm.Inputs[0], residual])
            );
    }

    private static (Node?, BatchNormOperation?) Normalized(GraphEditor graph, Node sum)
    {
        foreach (Node input in sum.Inputs.Select(i => graph[i]))
        {
            if (graph.IsOutput(input.Name) || graph.Reads(input.Name) > 1)
                continue;
            if (input.Layer is BatchNormOperation { UsesBatch: true, Fused: null, AddsResidual: false } norm)
                return (input, norm);
        }

        return default;
    }
}
