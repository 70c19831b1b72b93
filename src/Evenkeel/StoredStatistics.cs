using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel;

/// <summary>Networks whose batch normalisations infer with the statistics of each batch: what their users are told, and what is refused.</summary>
internal static class StoredStatistics
{
    // Names that a sentence holds.
    private const int Most = 3;

    /// <summary>What users of a network are told whose outputs depend on the batch.</summary>
    public static IEnumerable<string> Notes(Graph graph)
    {
        if (Some(graph) is { } layers)
            yield return $"Each batch is normalised with its own statistics in {layers}, as the file says, so outputs depend on the batch; "
                + "inferWith \"running\" uses the stored statistics.";
    }

    /// <summary>Refuses a network in whose use stored statistics play no part.</summary>
    public static void Require(Graph graph, string purpose)
    {
        if (Missing(graph, purpose) is { } missing)
            throw new GraphException($"{missing}; use the stored statistics (inferWith \"running\").");
    }

    /// <summary>Which layers of a network have no use for stored statistics, in a sentence; null if there are none.</summary>
    public static string? Missing(Graph graph, string purpose) =>
        Some(graph) is { } layers
            ? $"{layers} normalise(s) with batch statistics in inference, so there are no stored statistics to {purpose}"
            : null;

    private static string? Some(Graph graph)
    {
        string[] names = [.. OfBatches(graph).Select(n => $"'{n.Name}'")];
        string rest = names.Length > Most ? $" and {names.Length - Most} more" : "";
        return names.Length > 0 ? $"{string.Join(", ", names.Take(Most))}{rest}" : null;
    }

    private static IEnumerable<Node> OfBatches(Graph graph) =>
        graph.Nodes.Where(n => n.Layer is BatchNorm { InferenceStatistics: StatisticsSource.Batch });
}
