using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>
/// Folds batch normalisation, with its running statistics, into the linear, convolution or transposed convolution layer before it, or the
/// linear or convolution layer behind it, where that is the same function; a layer where it is not stays as it is, with the reason.
/// </summary>
public static class BatchNormFolding
{
    // Variance by epsilon below which epsilon decides what a channel gives: at a hundredth it makes 99 % of the root.
    private const double NearZero = 0.01;

    /// <summary>What <see cref="FoldBatchNorm"/> would do, layer by layer.</summary>
    public static IReadOnlyList<FoldDecision> PlanFolding(this Model model, FoldOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return
        [
            .. model
                .Graph.Nodes.Where(n => n.Layer is BatchNorm)
                .Select(n => Decide(model, n, options ?? new FoldOptions())),
        ];
    }

    /// <summary>The model with every batch normalisation folded that can be; the given model is left as it is.</summary>
    public static FoldedModel FoldBatchNorm(this Model model, FoldOptions? options = null)
    {
        IReadOnlyList<FoldDecision> decisions = model.PlanFolding(options);
        FoldDecision[] folds = [.. decisions.Where(d => d.Folds)];
        Model result = model.With(folds.Aggregate(model.Graph, Edit));
        foreach (FoldDecision decision in folds)
            Apply(model, result, decision);
        return new FoldedModel(result, decisions);
    }

    private static Graph Edit(Graph graph, FoldDecision decision)
    {
        Node into = graph[decision.Into!];
        return new GraphEditor(graph)
            .Replace(into.Name, LinearLayers.WithBias(into.Layer), into.Inputs)
            .Bypass(decision.Layer)
            .ToGraph();
    }

    private static void Apply(Model model, Model result, FoldDecision decision)
    {
        Node norm = model.Graph[decision.Layer],
            into = model.Graph[decision.Into!];
        (float[] scale, float[] shift) = BatchNormFreezing.AffineOf(
            model,
            norm,
            BatchNormFreezing.Running(model, norm.Name)
        );
        if (norm.Inputs[0] == into.Name)
            AffineFolding.Apply(result, into, model.Graph[into.Inputs[0]].Shape, scale, shift);
        else
            AffineFoldingForward.Apply(result, into, scale, shift);
    }

    private static FoldDecision Decide(Model model, Node node, FoldOptions options)
    {
        Graph graph = model.Graph;
        var norm = (BatchNorm)node.Layer;
        if (norm.MixesExamples)
            return Stays(
                "it normalises with the statistics of each batch in inference too, which no fixed weight can hold"
            );
        if (norm.StatisticsOf(node.Shape).Count != node.Shape.Channels)
            return Stays("it normalises each position on its own, which no weight per channel can hold");
        if (norm.AddsResidual || norm.Fused is not null)
            return Stays("it carries another operation; fold the network as it was built");
        if (ObstacleBefore(graph, node) is not { } before)
            return Guarded(node.Inputs[0], "before");
        if (AffineFoldingForward.Obstacle(graph, node) is not { } behind)
            return Guarded(graph.Consumers(node.Name).Single().Name, "behind");
        return Stays($"{before}; {behind}");

        FoldDecision Stays(string reason) => new(node.Name, null, reason);

        FoldDecision Guarded(string into, string where) =>
            ObstacleInStatistics(model, node, into, options) is { } obstacle
                ? Stays(obstacle)
                : new FoldDecision(node.Name, into, $"into '{into}' {where} it");
    }

    private static string? ObstacleBefore(Graph graph, Node node)
    {
        Node source = graph[node.Inputs[0]];
        if (!LinearLayers.Is(source.Layer))
            return $"'{source.Name}' before it is not linear";
        if (graph.OutputName == source.Name)
            return $"the value of '{source.Name}' before it is the network's output";
        string[] readers = [.. graph.Consumers(source.Name).Select(n => n.Name).Where(name => name != node.Name)];
        return readers.Length == 0
            ? null
            : $"the value of '{source.Name}' before it is also read by {string.Join(", ", readers.Select(r => $"'{r}'"))}";
    }

    private static string? ObstacleInStatistics(Model model, Node node, string into, FoldOptions options)
    {
        float epsilon = ((BatchNorm)node.Layer).Convention.Epsilon;
        ReadOnlySpan<float> mean = model.Floats($"{node.Name}.running_mean"),
            variance = model.Floats($"{node.Name}.running_var"),
            gamma = model.Floats($"{node.Name}.weight");
        bool before = node.Inputs[0] == into;
        for (int i = 0; i < variance.Length; i++)
        {
            if (!float.IsFinite(mean[i]) || !float.IsFinite(variance[i]) || variance[i] < 0)
                return $"channel {i} has mean {mean[i]} and variance {variance[i]}; recalibrate first";
            bool near = variance[i] < NearZero * epsilon && gamma[i] != 0;
            if (near && !options.AllowNearZeroVariance && !(before && IsSilent(model, into, i)))
            {
                return $"channel {i} has variance {variance[i]:G3}, below a hundredth of eps {epsilon:G3}: eps and rounding decide "
                    + "what it gives; recalibrate first, or allow it";
            }
        }

        return null;
    }

    // A filter of zeros gives a constant whatever the data, so that folding it is exact.
    private static bool IsSilent(Model model, string layer, int channel)
    {
        Node node = model.Graph[layer];
        Shape input = model.Graph[node.Inputs[0]].Shape;
        ReadOnlySpan<float> weight = model.Floats($"{layer}.weight");
        for (int i = 0; i < weight.Length; i++)
        {
            if (weight[i] != 0 && LinearLayers.OutputOf(node.Layer, input, i) == channel)
                return false;
        }

        return true;
    }
}
