using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>
/// Adds the shortcut of a residual block, which a rectifier ends, while the other value is normalised: the normalised value is never stored.
/// </summary>
internal sealed class FuseNormAdd() : RewriteRule("fuse-norm-add")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is not AddOperation { Fused: null })
            return RewriteMatch.NotConcerned;
        if (graph.Consumers(node.Name) is not [{ Layer: Relu }] || graph.IsOutput(node.Name))
            return RewriteMatch.NotConcerned;
        if (Normalized(graph, node, options.Mode) is not ({ } norm, { } operation))
            return RewriteMatch.Declines(
                "neither value is normalised with the batch's or an example's statistics for this sum alone"
            );
        string residual = node.Inputs[0] == norm.Name ? node.Inputs[1] : node.Inputs[0];
        return options.Observes(node.Name, norm.Name)
            ? RewriteMatch.Observed
            : RewriteMatch.Applies(
                $"{norm.Name} and the sum in one pass",
                () =>
                    graph
                        .Bypass(node.Name, norm.Name)
                        .MoveAfter(norm.Name, residual)
                        .Replace(norm.Name, operation.WithResidual(), [norm.Inputs[0], residual])
            );
    }

    private static (Node?, IAddsResidual?) Normalized(GraphEditor graph, Node sum, PlanMode mode)
    {
        foreach (Node input in sum.Inputs.Select(i => graph[i]))
        {
            if (graph.IsOutput(input.Name) || graph.Reads(input.Name) > 1)
                continue;
            if (input.Layer is IAddsResidual norm && norm.CanAddResidual(mode))
                return (input, norm);
        }

        return default;
    }
}
