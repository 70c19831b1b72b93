using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>Models whose batch normalisations infer with the statistics of each batch, and their way back to stored statistics.</summary>
public static class StoredStatistics
{
    /// <summary>The model with every batch normalisation inferring with its running statistics; the given one is left as it is.</summary>
    public static Model WithStoredStatistics(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.With(
            OfBatches(model.Graph)
                .Aggregate(
                    model.Graph,
                    (graph, node) =>
                        graph.Replace(
                            node.Name,
                            (BatchNorm)node.Layer with
                            {
                                InferenceStatistics = StatisticsSource.Running,
                            }
                        )
                )
        );
    }

    /// <summary>Refuses a network in whose use stored statistics play no part.</summary>
    internal static void Require(Graph graph, string purpose)
    {
        string[] names = [.. OfBatches(graph).Select(n => $"'{n.Name}'")];
        if (names.Length > 0)
            throw new GraphException(
                $"{string.Join(", ", names.Take(3))}{(names.Length > 3 ? $" and {names.Length - 3} more" : "")} normalise(s) with the statistics of each batch in use too, so there are no stored statistics to {purpose}; ask for stored statistics first (--statistics stored, or WithStoredStatistics)."
            );
    }

    private static IEnumerable<Node> OfBatches(Graph graph) =>
        graph.Nodes.Where(n => n.Layer is BatchNorm { InferenceStatistics: StatisticsSource.Batch });
}
