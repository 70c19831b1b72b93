using Evenkeel.Data;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Planning;
using Evenkeel.Rewrites;
using Evenkeel.Training;

namespace Evenkeel.Diagnostics;

/// <summary>
/// Runs the same data through a model with the statistics of each batch, as in training, and with its stored statistics, as in use, and
/// names what sets the two apart.
/// </summary>
public static class BatchNormDiagnosis
{
    private const double LeastGain = 0.02;

    private const string BeyondRecalibration =
        "batch statistics do not help either, so recalibration will not: undo what was done to the data, or train on it";

    /// <summary>Diagnoses a model; it is left as it is.</summary>
    /// <param name="model">A model with at least one batch normalisation.</param>
    /// <param name="data">
    /// Data of the kind that the model is used on; some hundred examples or more. Without labels there is no loss to judge by: another epsilon
    /// is not found then, nor whether recalibration will help.
    /// </param>
    /// <param name="pool">Threads.</param>
    /// <param name="batchSize">Examples per batch where batch statistics are used, 2 or more.</param>
    /// <exception cref="GraphException">The data does not fit, or there is no batch normalisation.</exception>
    public static Diagnosis Diagnose(this Model model, IDataset data, WorkerPool pool, int batchSize = 64)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 2);
        Node[] norms = [.. model.Graph.Nodes.Where(n => n.Layer is BatchNorm)];
        if (norms.Length == 0)
            throw new GraphException("The network has no batch normalisation; there is nothing to diagnose.");
        StoredStatistics.Require(model.Graph, "diagnose");
        using Model training = AsInTraining(model);
        StatisticsGap[] gaps = Gaps(model, norms, training, data, pool, batchSize);
        bool labelled = data.Classes > 0;
        Evaluation stored = model.EvaluateIfLabelled(data, pool),
            batch = labelled ? EvaluateBatches(training, data, pool, batchSize) : stored;
        CauseFound cause =
            DiagnosisRules.Certain(norms, gaps)
            ?? (labelled ? EpsilonRule.Judge(model, data, pool, stored, batchSize) : null)
            ?? DiagnosisRules.SmallOrShifted(model.Graph, norms, gaps)
            ?? CauseFound.None;
        return new Diagnosis(
            cause.Cause,
            cause.Text,
            Repairs(cause, stored, batch) ? cause.Remedy : BeyondRecalibration,
            [
                .. norms.Zip(
                    gaps,
                    (n, g) => new LayerGap(n.Name, g.MeanGap, g.VarianceRatio, g.Sound && DiagnosisRules.Fits(g))
                ),
            ],
            stored,
            batch
        );
    }

    // Statistics of each batch are what recalibration comes to: where they do not help, it will not. Inverted images are such a case, for
    // BN(-x) = -BN(x) up to the shift.
    private static bool Repairs(CauseFound cause, Evaluation stored, Evaluation batch) =>
        cause.Cause != StatisticsCause.DomainShift || !(batch.Accuracy <= stored.Accuracy + LeastGain);

    /// <summary>The gap of every layer between what a model stores and what training would make of the data.</summary>
    internal static StatisticsGap[] Gaps(
        Model model,
        Node[] norms,
        Model training,
        IDataset data,
        WorkerPool pool,
        int batchSize
    )
    {
        var options = new PopulationOptions(PopulationEstimator.Pooled, batchSize);
        IReadOnlyDictionary<string, ChannelStatistics> found = training.MeasurePopulation(data, options, pool);
        return
        [
            .. norms.Select(n => new StatisticsGap(
                BatchNormTensors.Of(model, n.Name),
                found[n.Name],
                ((BatchNorm)model.Graph[n.Name].Layer).Convention.Epsilon
            )),
        ];
    }

    // Layers that training would freeze are unfrozen: the question is what the data makes of them.
    internal static Model AsInTraining(Model model)
    {
        Graph graph = model.Graph;
        foreach (Node node in graph.Nodes.Where(n => n.Layer is BatchNorm))
            graph = graph.Replace(
                node.Name,
                (BatchNorm)node.Layer with
                {
                    NormalizeWith = StatisticsSource.Batch,
                    Convention = ((BatchNorm)node.Layer).Convention with { SingleValue = SingleValuePolicy.SkipUpdate },
                }
            );
        return model.With(graph);
    }

    private static Evaluation EvaluateBatches(Model model, IDataset data, WorkerPool pool, int batchSize)
    {
        // A last batch of one or two would say little of what training gives.
        int whole = data.Count - (data.Count % batchSize);
        IDataset batches = whole > 0 ? data.Take(whole) : data;
        using var evaluator = new Evaluator(model, batches, pool, PlanMode.BatchStatistics, batchSize);
        return evaluator.Run();
    }
}
