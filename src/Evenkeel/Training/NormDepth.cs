using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Training;

/// <summary>How many batch normalisations lie on the longest way from the input to a node, itself counted.</summary>
internal static class NormDepth
{
    public static Dictionary<string, int> Of(Graph graph)
    {
        var depth = new Dictionary<string, int>();
        foreach (Node node in graph.Nodes)
        {
            int before = node.Inputs.Select(i => depth[graph[i].Name]).DefaultIfEmpty(0).Max();
            depth[node.Name] = before + (node.Layer is BatchNorm ? 1 : 0);
        }

        return depth;
    }
}
