using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>x * sigmoid(x) and x * hardsigmoid(x), as files spell Swish and HardSwish, in one pass.</summary>
internal sealed class FuseSwish() : RewriteRule("fuse-swish")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is not Multiply || Gate(graph, node) is not { } gate)
            return RewriteMatch.NotConcerned;
        if (graph.Reads(gate.Name) > 1)
            return RewriteMatch.Declines($"{gate.Name} is read elsewhere too");
        if (options.Observes(gate.Name))
            return RewriteMatch.Observed;
        Activation whole = gate.Layer is Sigmoid ? new Swish() : new HardSwish();
        return RewriteMatch.Applies(
            $"computes {gate.Name} in the same pass",
            () => graph.Replace(node.Name, whole, gate.Inputs).Bypass(gate.Name)
        );
    }

    private static Node? Gate(GraphEditor graph, Node node) =>
        node
            .Inputs.Select(i => graph[i])
            .FirstOrDefault(gate =>
                IsGate(gate.Layer) && node.Inputs.Contains(gate.Inputs[0]) && !graph.IsOutput(gate.Name)
            );

    private static bool IsGate(Layer layer) =>
        layer is Sigmoid || (layer is HardSigmoid { Offset: 0.5f } hard && hard.Slope == 1f / 6f);
}
