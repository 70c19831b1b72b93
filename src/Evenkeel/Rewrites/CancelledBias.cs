using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>
/// A bias in front of batch normalisation is cancelled by the subtraction of the mean, and its role is taken by beta (paper, section 3.2).
/// Networks keep such a bias unless one of these operations is asked for.
/// </summary>
public static class CancelledBias
{
    /// <summary>
    /// The network without the biases that a batch normalisation behind them, their only reader, cancels; one with frozen statistics does
    /// not.
    /// </summary>
    /// <param name="graph">Not changed.</param>
    public static Graph DropCancelledBiases(this Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes.Where(n => Obstacle(graph, n) is null))
            Drop(editor, node);
        return editor.ToGraph();
    }

    /// <summary>
    /// The same function without these biases: they are taken from the running means behind them, so that the outputs stay in use as well.
    /// </summary>
    /// <param name="model">Not changed.</param>
    public static Model DropCancelledBiases(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model result = model.With(model.Graph.DropCancelledBiases());
        foreach (Node node in model.Graph.Nodes.Where(n => Obstacle(model.Graph, n) is null))
            TakeFromMean(result, model.Graph.Consumers(node.Name)[0].Name, model.Floats($"{node.Name}.bias"));
        return result;
    }

    /// <summary>The batch normalisation that is the only reader of a node; null if there is none.</summary>
    internal static Node? NormBehind(IGraphView graph, string node) =>
        graph.Consumers(node) is [{ Layer: BatchNorm } norm] && !graph.IsOutput(node) ? norm : null;

    /// <summary>Why a node has no bias that is cancelled, or null if it has one.</summary>
    internal static string? Obstacle(IGraphView graph, Node node) =>
        !LinearLayers.Is(node.Layer) || !LinearLayers.HasBias(node.Layer) ? $"'{node.Name}' has no bias"
        : graph.SharesParameters(node.Name) ? $"'{node.Name}' shares its bias with another layer"
        : NormBehind(graph, node.Name) is not { } norm ? $"'{node.Name}' is not read by one batch normalisation alone"
        : norm.Layer is BatchNorm { NormalizeWith: StatisticsSource.Running } ? "frozen statistics do not cancel a bias"
        : null;

    /// <summary>Takes the bias out of a node; <see cref="Obstacle"/> must have found none.</summary>
    internal static void Drop(GraphEditor graph, Node node) =>
        graph.Replace(node.Name, LinearLayers.WithBias(node.Layer, false));

    /// <summary>
    /// Moves a bias in front of a batch normalisation into its running mean: (x + b) - E = x - (E - b). Of statistics per position, the
    /// channel is the last index.
    /// </summary>
    internal static void TakeFromMean(Model model, string norm, ReadOnlySpan<float> bias)
    {
        Span<float> mean = model.Floats($"{norm}.running_mean");
        for (int i = 0; i < mean.Length; i++)
            mean[i] = (float)((double)mean[i] - bias[i % bias.Length]);
    }
}
