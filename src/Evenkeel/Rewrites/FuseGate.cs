using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Planning;

namespace Evenkeel.Rewrites;

/// <summary>x * sigmoid(x) and x * hardsigmoid(x), as files spell Swish and HardSwish, in one pass.</summary>
public sealed class FuseGate : IRewriteRule
{
    /// <inheritdoc/>
    public string Name => "fuse-gate";

    /// <inheritdoc/>
    public RewriteMatch Match(Graph graph, Node node, PlanOptions? options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Layer is not Multiply || Gate(graph, node) is not { } gate)
            return RewriteMatch.NotConcerned;
        if (graph.Consumers(gate.Name).Count() > 1)
            return RewriteMatch.Declines($"{gate.Name} is read elsewhere too");
        return options is not null && options.Observed.Contains(gate.Name)
            ? RewriteMatch.Declines("the value is to be observed by name")
            : RewriteMatch.Applies($"computes {gate.Name} in the same pass");
    }

    /// <inheritdoc/>
    public Graph Apply(Graph graph, Node node)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        Node gate = Gate(graph, node)!;
        Activation whole = gate.Layer is Sigmoid ? new Swish() : new HardSwish();
        return new GraphEditor(graph).Replace(node.Name, whole, gate.Inputs).Bypass(gate.Name).ToGraph();
    }

    private static Node? Gate(Graph graph, Node node) =>
        node
            .Inputs.Select(i => graph[i])
            .FirstOrDefault(gate =>
                IsGate(gate.Layer) && node.Inputs.Contains(gate.Inputs[0]) && !graph.IsOutput(gate.Name)
            );

    private static bool IsGate(Layer layer) =>
        layer is Sigmoid || (layer is HardSigmoid { Offset: 0.5f } hard && hard.Slope == 1f / 6f);
}
