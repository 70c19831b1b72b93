using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Diagnostics;

/// <summary>What one batch normalisation holds, and what is wrong with it.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Channels">Channels (positions times channels for statistics per activation).</param>
/// <param name="Convention">Epsilon, update rate and kind of variance.</param>
/// <param name="Updates">Batches taken into the running statistics; 0 also where a file does not say.</param>
/// <param name="Gamma">Scale.</param>
/// <param name="Beta">Shift.</param>
/// <param name="Mean">Running mean.</param>
/// <param name="Variance">Running variance.</param>
/// <param name="Fold">What it can be folded into.</param>
/// <param name="Findings">What is wrong; empty for a healthy layer.</param>
public sealed record BatchNormHealth(
    string Layer,
    int Channels,
    BatchNormConvention Convention,
    long Updates,
    ValueSummary Gamma,
    ValueSummary Beta,
    ValueSummary Mean,
    ValueSummary Variance,
    FoldDecision Fold,
    IReadOnlyList<BatchNormFinding> Findings
);

/// <summary>Looks at a model's batch normalisations without data.</summary>
public static class BatchNormInspection
{
    /// <summary>The health of every batch normalisation, in the network's order.</summary>
    public static IReadOnlyList<BatchNormHealth> InspectBatchNorm(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var folds = model.PlanFolding().ToDictionary(d => d.Layer);
        return [.. model.Graph.Nodes.Where(n => n.Layer is BatchNorm).Select(n => Of(model, n, folds[n.Name]))];
    }

    private static BatchNormHealth Of(Model model, Node node, FoldDecision fold)
    {
        BatchNormTensors tensors = BatchNormTensors.Of(model, node.Name);
        return new BatchNormHealth(
            node.Name,
            tensors.Gamma.Length,
            ((BatchNorm)node.Layer).Convention,
            tensors.Updates,
            ValueSummary.Of(tensors.Gamma),
            ValueSummary.Of(tensors.Beta),
            ValueSummary.Of(tensors.Mean),
            ValueSummary.Of(tensors.Variance),
            fold,
            [.. BatchNormChecks.Run(model.Graph, node, tensors)]
        );
    }
}
