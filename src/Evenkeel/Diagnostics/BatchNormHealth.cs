using Evenkeel.Graphs;

namespace Evenkeel.Diagnostics;

/// <summary>What one batch normalisation, or a layer that whitens, holds, and what is wrong with it.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Channels">Channels (positions times channels for statistics per activation).</param>
/// <param name="Convention">Epsilon, update rate and kind of variance.</param>
/// <param name="Updates">Batches taken into the running statistics; 0 also where a file does not say.</param>
/// <param name="Gamma">Scale.</param>
/// <param name="Beta">Shift.</param>
/// <param name="Mean">Running mean.</param>
/// <param name="Variance">Running variance; of a layer that whitens, the diagonal of its running covariance.</param>
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
)
{
    /// <summary>Channels that are whitened together; null of batch normalisation.</summary>
    public int? GroupSize { get; init; }

    /// <summary>
    /// Of a layer that whitens: the largest by the smallest eigenvalue of the running covariance, epsilon added to both, in the worst group. NaN if it
    /// is not finite; null of batch normalisation.
    /// </summary>
    public double? Condition { get; init; }
}

/// <summary>Looks at a model's batch normalisations, and at its layers that whiten, without data.</summary>
public static class BatchNormInspection
{
    /// <summary>The health of every batch normalisation and every layer that whitens, in the network's order.</summary>
    public static IReadOnlyList<BatchNormHealth> InspectBatchNorm(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var folds = model.PlanFolding().ToDictionary(d => d.Layer);
        return [.. NormNodes.Of(model.Graph).Select(n => Of(model, n, folds.GetValueOrDefault(n.Name, OneMap(n))))];
    }

    private static FoldDecision OneMap(Node node) =>
        new(node.Name, [], "one map of each group, which inference computes once");

    private static BatchNormHealth Of(Model model, Node node, FoldDecision fold)
    {
        BatchNormTensors tensors = BatchNormTensors.Of(model, node);
        double[][]? eigenvalues = tensors.Covariance?.Eigenvalues();
        return new BatchNormHealth(
            node.Name,
            tensors.Gamma.Length,
            NormNodes.ConventionOf(node),
            tensors.Updates,
            ValueSummary.Of(tensors.Gamma),
            ValueSummary.Of(tensors.Beta),
            ValueSummary.Of(tensors.Mean),
            ValueSummary.Of(tensors.Variance),
            fold,
            [
                .. BatchNormChecks.Run(model.Graph, node, tensors),
                .. eigenvalues is null ? [] : CovarianceChecks.Run(node, tensors, eigenvalues),
            ]
        )
        {
            GroupSize = tensors.Covariance?.Groups.Size,
            Condition = eigenvalues is null
                ? null
                : CovarianceChecks.Condition(eigenvalues, NormNodes.ConventionOf(node).Epsilon),
        };
    }
}
