using Evenkeel.Configuration;
using Evenkeel.Graphs;

namespace Evenkeel.Serialization;

/// <summary>The network as it stands in a model's file; one that could not be read back is refused before anything is written.</summary>
internal static class NetworkText
{
    /// <exception cref="ModelFileException">The text would not give the same network; the message names the layer.</exception>
    public static string Of(Graph graph)
    {
        try
        {
            string text = GraphJson.ToText(graph);
            Graph read = GraphJson.Parse(text, "network");
            return Difference(graph, read) is { } layer
                ? throw new ModelFileException(
                    $"The network cannot be saved: its file would not say all of layer '{layer}'. Save the network as it was built."
                )
                : text;
        }
        catch (Exception e) when (e is ArgumentException or ConfigurationException or GraphException)
        {
            throw new ModelFileException($"The network cannot be saved: {e.Message}", e);
        }
    }

    private static string? Difference(Graph graph, Graph read) =>
        graph.Nodes.Zip(read.Nodes).FirstOrDefault(pair => !pair.First.Equals(pair.Second)).First?.Name
        ?? (graph.Results.SequenceEqual(read.Results) ? null : graph.OutputName);
}
