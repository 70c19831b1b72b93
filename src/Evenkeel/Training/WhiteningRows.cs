using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Training;

/// <summary>Whether batches have rows enough for layers that whiten by eigenvalues.</summary>
internal static class WhiteningRows
{
    /// <summary>A sentence for each layer whose covariance is singular in every batch, with what to do.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="batch">Examples that statistics are of.</param>
    public static IEnumerable<string> Notes(Graph graph, int batch)
    {
        foreach (Node node in graph.Nodes)
        {
            if (node.Layer is not DecorrelatedBatchNorm { NormalizeWith: StatisticsSource.Batch } norm)
                continue;
            long rows = (long)batch * node.Shape.Positions;
            int size = norm.ShapeOf(node.Shape).Size;
            // With means subtracted, m rows span m - 1 directions.
            if (rows > 1 && rows <= size)
                yield return FormattableString.Invariant(
                    $"Layer '{node.Name}' whitens groups of {size} channels by batches of {rows} rows, whose covariance has rank {rows - 1} at most; along the rest eps {norm.Convention.Epsilon:G3} sets the scale. Take groups of fewer channels (groupSize), an eps such as 0.01, or larger batches."
                );
        }
    }
}
