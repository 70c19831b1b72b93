using System.Collections.Immutable;

namespace Evenkeel.Graphs;

/// <summary>What must be true of every graph; run whenever one is made, so also after each rewrite.</summary>
internal static class GraphVerifier
{
    public static void Verify(Graph graph)
    {
        if (graph.Nodes.IsEmpty || graph.Nodes[0].Layer is not Input)
            throw new GraphException("A network begins with its input.");
        VerifyOutputs(graph);
        var seen = new Dictionary<string, Shape>();
        foreach (Node node in graph.Nodes)
        {
            VerifyNode(node, seen);
            if (node.ParametersOf is { } owner)
                VerifySharing(graph, node, owner, seen);
            if (node.StatisticsOf is { } keeper)
                VerifyStatistics(graph, node, keeper, seen);
            for (int i = 0; i < node.Shapes.Length; i++)
                seen.Add(node.Value(i), node.Shapes[i]);
        }
    }

    private static void VerifyOutputs(Graph graph)
    {
        if (graph.Results.IsEmpty)
            throw new GraphException("A network has at least one output.");
        var names = new HashSet<string>();
        foreach (GraphOutput output in graph.Results)
        {
            if (!graph.Contains(output.Node))
                throw new GraphException($"The output '{output.Node}' is not a layer of the network.");
            if (!names.Add(output.Name))
                throw new GraphException($"Two outputs are named '{output.Name}'; give one of them another name.");
        }
    }

    private static void VerifyNode(Node node, Dictionary<string, Shape> seen)
    {
        foreach (string input in node.Inputs)
        {
            if (!seen.ContainsKey(input))
                throw new GraphException($"Layer '{node.Name}' reads '{input}', which does not come before it.");
        }

        Shape[] inputs = [.. node.Inputs.Select(name => seen[name])];
        ImmutableArray<Shape> inferred = LayerShapes.Infer(node.Name, node.Layer, inputs);
        if (!inferred.SequenceEqual(node.Shapes))
            throw new GraphException(
                $"Layer '{node.Name}' makes {string.Join(", ", inferred)}, but the graph says {string.Join(", ", node.Shapes)}."
            );
    }

    private static void VerifySharing(Graph graph, Node node, string owner, Dictionary<string, Shape> before)
    {
        if (!before.ContainsKey(owner) || graph[owner].Name != owner)
            throw new GraphException(
                $"Layer '{node.Name}' uses the parameters of '{owner}', which does not come before it."
            );
        if (graph[owner].ParametersOf is { } first)
            throw new GraphException(
                $"Layer '{node.Name}' uses the parameters of '{owner}', which uses those of '{first}'; name '{first}'."
            );
        string wanted = Learned(graph, node),
            found = Learned(graph, graph[owner]);
        if (wanted != found)
            throw new GraphException(
                $"Layer '{node.Name}' learns {wanted}, which '{owner}', whose parameters it uses, does not: it learns {found}."
            );
    }

    private static void VerifyStatistics(Graph graph, Node node, string owner, Dictionary<string, Shape> before)
    {
        if (!before.ContainsKey(owner) || graph[owner] is not { StatisticsOf: null } kept || kept.Name != owner)
            throw new GraphException(
                $"Layer '{node.Name}' uses the statistics of '{owner}', which is no layer before it with statistics of its own."
            );
        if (!node.Layer.Tensors(graph.InputShapes(node)).Any(t => t.Role == TensorRole.State))
            throw new GraphException($"Layer '{node.Name}' keeps no statistics, so it cannot use those of '{owner}'.");
        string wanted = Kept(graph, node),
            found = Kept(graph, kept);
        if (wanted != found)
            throw new GraphException(
                $"Layer '{node.Name}' keeps {wanted}, which '{owner}', whose statistics it uses, does not: it keeps {found}."
            );
    }

    private static string Learned(Graph graph, Node node) => Tensors(graph, node, t => t.Role != TensorRole.State);

    private static string Kept(Graph graph, Node node) => Tensors(graph, node, t => t.Role == TensorRole.State);

    private static string Tensors(Graph graph, Node node, Func<TensorSpec, bool> chosen)
    {
        IEnumerable<string> tensors = node
            .Layer.Tensors(graph.InputShapes(node))
            .Where(chosen)
            .Select(t =>
                $"{t.Name} [{string.Join(", ", t.Dimensions)}]{(t.Trainable || t.Role == TensorRole.State ? "" : " (frozen)")}"
            );
        return string.Join(", ", tensors.DefaultIfEmpty("nothing"));
    }
}
