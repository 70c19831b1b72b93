using Evenkeel.Data.Loading;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Ranks;
using Evenkeel.Rewrites;
using Evenkeel.Training;

namespace Evenkeel;

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
    /// <param name="model">The model; ranks behind the first get that one's values.</param>
    /// <param name="data">Data of the kind that it was trained on; labels are not used.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="device">What computes, or null for <see cref="Device.Default"/>.</param>
    /// <param name="ranks">Those that share out the batches and all get the statistics, bit for bit those of one rank; null where there is one.</param>
    /// <returns>Statistics by layer name.</returns>
    /// <exception cref="CommunicatorException">A rank has another network or other data.</exception>
    public static IReadOnlyDictionary<string, ChannelStatistics> MeasurePopulation(
        this Model model,
        IDataset data,
        PopulationOptions? options = null,
        Device? device = null,
        Communicator? ranks = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new PopulationOptions();
        if (options.Estimator != PopulationEstimator.Running)
            DatasetCompatibility.RequireInputs(model.Graph, data);
        RankAgreement.Join(ranks, model, data);
        return Measure(model, data, options, device, ranks);
    }

    /// <summary>The same by ranks that are known to have one model and the same data.</summary>
    internal static IReadOnlyDictionary<string, ChannelStatistics> Measure(
        Model model,
        IDataset data,
        PopulationOptions options,
        Device? device,
        Communicator? ranks
    )
    {
        Node[] norms = [.. model.Graph.Nodes.Where(n => n.Layer is BatchNorm)];
        if (options.Estimator == PopulationEstimator.Running)
            return norms.ToDictionary(n => n.Name, n => BatchNormFreezing.Running(model, n.Name));
        Node[] measured = [.. norms.Where(n => n.Layer is BatchNorm { NormalizeWith: StatisticsSource.Batch })];
        var accumulators = measured.ToDictionary(
            n => n,
            n => PopulationAccumulator.Create(options.Estimator, LayoutOf(n).Count)
        );
        if (measured.Length > 0)
            Gather(model, data, options, device, ranks, accumulators);
        return norms.ToDictionary(
            n => n.Name,
            n =>
                accumulators.TryGetValue(n, out PopulationAccumulator? gathered)
                    ? gathered.Estimate()
                    : BatchNormFreezing.Running(model, n.Name)
        );
    }

    /// <summary>
    /// Algorithm 2, lines 7-12, whole: measures population statistics on <paramref name="data"/>, replaces each batch normalisation
    /// by its affine map and folds that into the linear layer before it. A new model; the given one is left as it is.
    /// </summary>
    public static Model FoldBatchNorm(
        this Model model,
        IDataset data,
        PopulationOptions? options = null,
        Device? device = null,
        Communicator? ranks = null
    )
    {
        using Model affine = model.ReplaceByAffine(model.MeasurePopulation(data, options, device, ranks));
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

    private static void RequireTwoValues(IEnumerable<Node> norms, int examples)
    {
        if (norms.FirstOrDefault(n => (long)examples * LayoutOf(n).ValuesPerExample < 2) is { } layer)
        {
            throw new StatisticsException(
                $"Layer '{layer.Name}' gets one value per channel from {examples} example, which makes no variance; give 2 examples or more."
            );
        }
    }

    // What it makes has the shape of what it is fed.
    private static StatisticsLayout LayoutOf(Node norm) => ((BatchNorm)norm.Layer).StatisticsOf(norm.Shape);

    // Batches are shared out whole, because their statistics are those of the batch.
    private static void Gather(
        Model model,
        IDataset data,
        PopulationOptions options,
        Device? device,
        Communicator? ranks,
        Dictionary<Node, PopulationAccumulator> accumulators
    )
    {
        RequireTwoValues(accumulators.Keys, ExamplesUsed(data, options));
        BatchLoaderOptions order = Order(data, options);
        var layout = new BatchLayout(data.Count, order.BatchSize, order.LastBatch);
        int batches = Math.Min(layout.BatchesPerEpoch, options.MaxBatches ?? int.MaxValue),
            rank = ranks?.Rank ?? 0;
        using BatchLoader? loader =
            rank < batches
                ? new BatchLoader(data, order with { Start = new LoaderPosition(0, rank), Stride = ranks?.Size ?? 1 })
                : null;
        using var executor = new Executor(model, new PlanOptions(PlanMode.BatchStatistics, layout.MaxBatch), device);
        int length = accumulators.Keys.Sum(LengthOf);
        var rounds = new RankRounds<double>(
            ranks,
            length,
            (_, moments) =>
            {
                executor.Forward(loader!.Next().Inputs.Span);
                foreach (Node norm in accumulators.Keys)
                {
                    executor.CopyBatchMoments(norm.Name, moments[..LengthOf(norm)]);
                    moments = moments[LengthOf(norm)..];
                }
            },
            (_, moments) =>
            {
                foreach ((Node norm, PopulationAccumulator accumulator) in accumulators)
                {
                    accumulator.Add(new ChannelMoments(moments[..LengthOf(norm)]));
                    moments = moments[LengthOf(norm)..];
                }
            }
        );
        rounds.Run(batches);
    }

    private static int LengthOf(Node norm) => ChannelMoments.Length(LayoutOf(norm).Count);
}
