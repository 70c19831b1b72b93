using Evenkeel.Data;
using Evenkeel.Data.Loading;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Rewrites;

namespace Evenkeel.Training;

/// <summary>How to measure population statistics.</summary>
/// <param name="Estimator">The estimator.</param>
/// <param name="BatchSize">Examples per batch; the paper uses training batches.</param>
/// <param name="MaxBatches">Batches to use at most, from the start of the shuffled data; null: all.</param>
/// <param name="Seed">Seed of the order of examples.</param>
public sealed record PopulationOptions(
    PopulationEstimator Estimator = PopulationEstimator.Pooled,
    int BatchSize = 60,
    int? MaxBatches = null,
    ulong Seed = 1
);

/// <summary>
/// Algorithm 2, lines 7-10: with parameters fixed, runs training batches through the network in one pass (each layer is fed what
/// batch statistics make of the layers before it, as in training) and gathers each layer's statistics.
/// </summary>
public static class PopulationMeasurement
{
    /// <summary>
    /// Measures every batch-normalisation layer; the model is left as it is. A layer that training normalises with its running
    /// statistics keeps those: its output is what they make of it.
    /// </summary>
    /// <returns>Statistics by layer name.</returns>
    public static IReadOnlyDictionary<string, ChannelStatistics> MeasurePopulation(
        this Model model,
        IDataset data,
        PopulationOptions? options = null,
        Device? device = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new PopulationOptions();
        Node[] norms = [.. model.Graph.Nodes.Where(n => n.Layer is BatchNorm)];
        if (options.Estimator == PopulationEstimator.Running)
            return norms.ToDictionary(n => n.Name, n => BatchNormFreezing.Running(model, n.Name));
        DatasetCompatibility.RequireInputs(model.Graph, data);
        Node[] measured = [.. norms.Where(n => n.Layer is BatchNorm { NormalizeWith: StatisticsSource.Batch })];
        var accumulators = measured.ToDictionary(
            n => n.Name,
            n => PopulationAccumulator.Create(options.Estimator, LayoutOf(n).Count)
        );
        if (measured.Length > 0)
            Gather(model, data, options, device, measured, accumulators);
        return norms.ToDictionary(
            n => n.Name,
            n =>
                accumulators.TryGetValue(n.Name, out PopulationAccumulator? gathered)
                    ? gathered.Estimate()
                    : BatchNormFreezing.Running(model, n.Name)
        );
    }

    /// <summary>
    /// Algorithm 2, lines 7-12, whole: measures population statistics on <paramref name="data"/>, replaces each batch normalisation
    /// by its affine map and folds that into the linear layer before it.
    /// </summary>
    public static Model Freeze(
        this Model model,
        IDataset data,
        PopulationOptions? options = null,
        Device? device = null
    )
    {
        using Model affine = model.ReplaceByAffine(model.MeasurePopulation(data, options, device));
        return affine.FoldAffine();
    }

    /// <summary>How many of the data's examples are looked at.</summary>
    internal static int ExamplesUsed(IDataset data, PopulationOptions options)
    {
        BatchLoaderOptions order = Order(data, options);
        var layout = new BatchLayout(data.Count, order.BatchSize, order.LastBatch);
        return options.MaxBatches is { } most && most < layout.BatchesPerEpoch
            ? most * layout.BatchSize
            : layout.ExamplesPerEpoch;
    }

    private static BatchLoaderOptions Order(IDataset data, PopulationOptions options) =>
        new()
        {
            BatchSize = Math.Min(options.BatchSize, data.Count),
            Seed = options.Seed,
            LastBatch = LastBatch.Merge,
        };

    private static void RequireTwoValues(Node[] norms, int examples)
    {
        if (Array.Find(norms, n => (long)examples * LayoutOf(n).ValuesPerExample < 2) is { } layer)
        {
            throw new StatisticsException(
                $"Layer '{layer.Name}' gets one value per channel from {examples} example, which makes no variance; give 2 examples or more."
            );
        }
    }

    // What it makes has the shape of what it is fed.
    private static StatisticsLayout LayoutOf(Node norm) => ((BatchNorm)norm.Layer).StatisticsOf(norm.Shape);

    private static void Gather(
        Model model,
        IDataset data,
        PopulationOptions options,
        Device? device,
        Node[] norms,
        Dictionary<string, PopulationAccumulator> accumulators
    )
    {
        RequireTwoValues(norms, ExamplesUsed(data, options));
        BatchLoaderOptions order = Order(data, options);
        using var loader = new BatchLoader(data, order);
        var plan = new PlanOptions(PlanMode.BatchStatistics, loader.Layout.MaxBatch);
        using var executor = new Executor(model, plan, device);
        int batches = Math.Min(loader.Layout.BatchesPerEpoch, options.MaxBatches ?? int.MaxValue);
        for (int i = 0; i < batches; i++)
        {
            Batch batch = loader.Next();
            executor.Forward(batch.Inputs.Span);
            foreach (Node norm in norms)
                accumulators[norm.Name].Add(executor.BatchMoments(norm.Name));
        }
    }
}
