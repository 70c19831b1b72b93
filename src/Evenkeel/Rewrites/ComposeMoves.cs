using Evenkeel.Graphs;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>
/// Moves values once where layers that only move them follow each other. Files spell a channel shuffle as a reshape, a transposition and a
/// reshape of images with channels first.
/// </summary>
internal sealed class ComposeMoves() : RewriteRule("compose-moves")
{
    // A longer last dimension would be one row of one table, and so the work of one thread.
    private const int LongestRow = 4096;

    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (!Moves(node.Layer) || graph[node.Inputs[0]] is not { } first || !Moves(first.Layer))
            return RewriteMatch.NotConcerned;
        if (node.Layer is ReshapingLayer && first.Layer is ReshapingLayer)
            return RewriteMatch.NotConcerned;
        if (options.Observes(first.Name))
            return RewriteMatch.Observed;
        if (graph.IsOutput(first.Name) || !graph.Consumers(first.Name).All(reader => Moves(reader.Layer)))
            return RewriteMatch.Declines($"{first.Name} is read elsewhere too");
        if (node.Shape.Channels > LongestRow)
            return RewriteMatch.Declines("its rows are too long for a table");
        return Tables(graph, first, node) is { } tables
            ? RewriteMatch.Applies(
                $"moves the values of {first.Name} on at once",
                () => Join(graph, first, node, tables)
            )
            : RewriteMatch.Declines($"with {first.Name} it takes more than a table for each dimension");
    }

    private static void Join(GraphEditor graph, Node first, Node node, AxisTables tables)
    {
        graph.Replace(node.Name, new Rearrange(node.Shape, tables), first.Inputs);
        if (graph.Reads(first.Name) == 0)
            graph.Bypass(first.Name);
    }

    private static bool Moves(Layer layer) => layer is AxisMap or ReshapingLayer;

    private static AxisTables? Tables(GraphEditor graph, Node first, Node node)
    {
        int[] before = Sources(graph, first),
            behind = Sources(graph, node);
        return before.Contains(AxisPlan.Nothing) || behind.Contains(AxisPlan.Nothing)
            ? null
            : AxisTables.Of(node.Shape, Array.ConvertAll(behind, place => before[place]));
    }

    private static int[] Sources(GraphEditor graph, Node node) =>
        node.Layer is AxisMap map
            ? map.Sources(graph.ShapeOf(node.Inputs[0]))
            : [.. Enumerable.Range(0, node.Shape.Count)];
}
