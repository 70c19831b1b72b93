using Evenkeel.Graphs;

namespace Evenkeel.Training;

/// <summary>How many normalisations lie on the longest way from the input to a node, itself counted.</summary>
internal static class NormDepth
{
    public static Dictionary<string, int> Of(Graph graph, Func<Node, bool> isNorm)
    {
        var depth = new Dictionary<string, int>();
        foreach (Node node in graph.Nodes)
        {
            int before = node.Inputs.Select(i => depth[graph[i].Name]).DefaultIfEmpty(0).Max();
            depth[node.Name] = before + (isNorm(node) ? 1 : 0);
        }

        return depth;
    }
}
