using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Diagnostics.Jacobians;

/// <summary>
/// The layers between two values of a network as a network of its own. The first value is fed, through a map that learns and is the identity, so that
/// a plan keeps its gradient. What else the layers read is fed too, and is constant.
/// </summary>
/// <param name="Graph">The layers, without dropout.</param>
/// <param name="From">Name of the first value.</param>
/// <param name="Sides">Names of the other values that are fed, in the order of the inputs behind the first.</param>
internal sealed record LayerRange(Graph Graph, string From, ImmutableArray<string> Sides)
{
    /// <summary>The layers that a value goes through on its way to another one.</summary>
    /// <exception cref="GraphException">There is no such value, or the second does not depend on the first.</exception>
    public static LayerRange Between(Graph graph, string from, string to)
    {
        (Shape shape, _) = (graph.ShapeOf(from), graph.ShapeOf(to));
        Node[] inside = Inside(graph, from, to);
        if (inside.Length == 0)
            throw new GraphException($"'{to}' does not depend on '{from}'; name a layer behind '{from}'.");
        HashSet<string> made = [from, .. inside.SelectMany(n => n.Values)];
        string[] sides = [.. inside.SelectMany(n => n.Inputs).Distinct().Where(name => !made.Contains(name))];
        string entry = $"{from} as fed";
        Node[] nodes =
        [
            new(entry, new Input(shape), [], shape),
            new(from, new ChannelAffine(), [entry], shape),
            .. sides.Select(name => new Node(name, new Input(graph.ShapeOf(name)), [], graph.ShapeOf(name))),
            // A layer whose owner stays outside has the values of its own.
            .. inside.Select(node => node with { ParametersOf = null }),
        ];
        return new LayerRange(WithoutDropout(new Graph(nodes, to)), from, [.. sides]);
    }

    /// <summary>The same with batch normalisations that take the statistics of the batch for constants.</summary>
    /// <exception cref="GraphException">A layer has no such form.</exception>
    public LayerRange Held()
    {
        foreach (Node node in Graph.Nodes)
            RequireHeld(node);
        return this with
        {
            Graph = Graph.ReplaceEach<BatchNorm>((_, norm) => norm with { NormalizeWith = StatisticsSource.Running }),
        };
    }

    // Renormalisation has factors that follow from both statistics; other layers with statistics whiten by their covariance.
    private void RequireHeld(Node node)
    {
        bool holds = node.Layer is BatchNorm norm
            ? norm.Convention.Renormalization is null
            : node.Layer.Tensors(Graph.InputShapes(node)).All(t => t.Role != TensorRole.State);
        if (!holds)
            throw new GraphException(
                $"Layer '{node.Name}' ({node.Layer.Kind}) has statistics that cannot be held; ask for the Jacobian of the whole batch."
            );
    }

    private static Node[] Inside(Graph graph, string from, string to)
    {
        HashSet<string> behind = [from],
            needed = [to];
        foreach (Node node in graph.Nodes)
        {
            if (node.Inputs.Any(behind.Contains))
                behind.UnionWith(node.Values);
        }

        var inside = new List<Node>();
        foreach (Node node in graph.Nodes.Reverse())
        {
            if (!node.Values.Any(needed.Contains) || !node.Inputs.Any(behind.Contains))
                continue;
            inside.Add(node);
            needed.UnionWith(node.Inputs);
        }

        inside.Reverse();
        return [.. inside];
    }

    private static Graph WithoutDropout(Graph graph)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes.Where(n => n.Layer is Dropout))
            editor.Bypass(node.Name);
        return editor.ToGraph();
    }
}
