using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel;

/// <summary>Models whose batch normalisations infer with the statistics of each batch, and their way back to stored statistics.</summary>
public static class StoredStatistics
{
    // Names that a sentence holds.
    private const int Most = 3;

    /// <summary>The model with every batch normalisation inferring with its running statistics; the given one is left as it is.</summary>
    public static Model WithStoredStatistics(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.With(
            model.Graph.ReplaceEach<BatchNorm>(
                (_, norm) => norm with { InferenceStatistics = StatisticsSource.Running }
            )
        );
    }

    /// <summary>What users of a network are told whose outputs depend on the batch.</summary>
    internal static IEnumerable<string> Notes(Graph graph)
    {
        if (Some(graph) is { } layers)
            yield return $"Each batch is normalised with its own statistics by {layers}, as the file says, so outputs depend on the batch; "
                + "stored statistics are used on request (--statistics stored).";
    }

    /// <summary>Refuses a network in whose use stored statistics play no part.</summary>
    internal static void Require(Graph graph, string purpose)
    {
        if (Missing(graph, purpose) is { } missing)
            throw new GraphException($"{missing}; ask for stored statistics first (--statistics stored).");
    }

    /// <summary>Which layers of a network have no use for stored statistics, in a sentence; null if there are none.</summary>
    internal static string? Missing(Graph graph, string purpose) =>
        Some(graph) is { } layers
            ? $"{layers} normalise(s) with the statistics of each batch in use too, so there are no stored statistics to {purpose}"
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
