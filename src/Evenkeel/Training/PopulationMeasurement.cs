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
/// Algorithm 2, lines 7-10: with fixed parameters, runs training batches through the network in one pass and gathers the statistics of each
/// layer. During this pass layers normalise with batch statistics, as in training.
/// </summary>
public static class PopulationMeasurement
{
    /// <summary>
    /// Measures the population statistics of every batch-normalisation layer; the model is not changed. A layer that uses running
    /// statistics in training keeps and uses them.
    /// </summary>
    /// <param name="model">The model; all ranks get the values of rank 0.</param>
    /// <param name="data">Training data, or data like it; labels are not used.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="device">The device that computes, or null for <see cref="Device.Default"/>.</param>
    /// <param name="ranks">
    /// Ranks that divide the batches among them; all get the statistics that one rank would get, bit by bit. Null without ranks.
    /// </param>
    /// <returns>Statistics by layer name.</returns>
    /// <exception cref="CommunicatorException">The ranks have different networks or data.</exception>
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
            Gather(
                model,
                data,
                options,
                device,
                ranks,
                [
                    .. accumulators.Select(a => new GatheredLayer(
                        a.Key,
                        ChannelMoments.Length(LayoutOf(a.Key).Count),
                        (executor, moments) => executor.CopyKept($"{a.Key.Name}.moments", moments),
                        moments => a.Value.Add(new ChannelMoments(moments))
                    )),
                ]
            );
        return norms.ToDictionary(
            n => n.Name,
            n =>
                accumulators.TryGetValue(n, out PopulationAccumulator? gathered)
                // What hardly any of the examples have, as a late step of sequences, keeps what training left.
                && (gathered.IsEnough || n.Layer is not BatchNorm { Masked: true })
                    ? gathered.Estimate()
                    : BatchNormFreezing.Running(model, n.Name)
        );
    }

    /// <summary>Mean and covariance, of all values pooled, of every layer that decorrelates by the statistics of the batch.</summary>
    internal static IReadOnlyDictionary<string, PooledCovariance> MeasureCovariance(
        Model model,
        IDataset data,
        PopulationOptions options,
        Device? device,
        Communicator? ranks
    )
    {
        Dictionary<Node, PooledCovariance> found = model
            .Graph.Nodes.Where(n => n.Layer is WhiteningNorm { NormalizeWith: StatisticsSource.Batch })
            .ToDictionary(n => n, n => new PooledCovariance(((WhiteningNorm)n.Layer).ShapeOf(n.Shape)));
        if (found.Count > 0)
            Gather(
                model,
                data,
                options,
                device,
                ranks,
                [
                    .. found.Select(f => new GatheredLayer(
                        f.Key,
                        f.Value.Length,
                        (executor, values) =>
                        {
                            int own = ChannelMoments.Length(f.Key.Shape.Channels);
                            executor.CopyKept($"{f.Key.Name}.moments", values[..own]);
                            executor.CopyKept($"{f.Key.Name}.pairs", values[own..]);
                        },
                        f.Value.Add
                    )),
                ]
            );
        return found.ToDictionary(f => f.Key.Name, f => f.Value);
    }

    /// <summary>
    /// Algorithm 2, lines 7-12: measures population statistics on <paramref name="data"/>, replaces each batch normalisation by its affine
    /// map, and folds the map into the linear layer before it. Returns a new model; the given model is not changed.
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
                $"Layer '{layer.Name}' gets one value per channel from {examples} example, which has no variance; give 2 examples or more."
            );
        }
    }

    // What it makes has the shape of what it is fed.
    private static StatisticsLayout LayoutOf(Node norm) =>
        norm.Layer is BatchNorm batch
            ? batch.StatisticsOf(norm.Shape)
            : new StatisticsLayout(norm.Shape.Channels, norm.Shape.Positions);

    // Batches are shared out whole, because their statistics are those of the batch.
    private static void Gather(
        Model model,
        IDataset data,
        PopulationOptions options,
        Device? device,
        Communicator? ranks,
        GatheredLayer[] layers
    )
    {
        RequireTwoValues(layers.Select(l => l.Node), ExamplesUsed(data, options));
        BatchLoaderOptions order = Order(data, options);
        var layout = new BatchLayout(data.Count, order.BatchSize, order.LastBatch);
        int batches = Math.Min(layout.BatchesPerEpoch, options.MaxBatches ?? int.MaxValue),
            rank = ranks?.Rank ?? 0;
        using BatchLoader? loader =
            rank < batches
                ? new BatchLoader(data, order with { Start = new LoaderPosition(0, rank), Stride = ranks?.Size ?? 1 })
                : null;
        using var executor = new Executor(model, new PlanOptions(PlanMode.BatchStatistics, layout.MaxBatch), device);
        int length = layers.Sum(l => l.Length);
        var rounds = new RankRounds<double>(
            ranks,
            length,
            (_, moments) =>
            {
                executor.Forward(loader!.Next().Inputs.Span);
                foreach (GatheredLayer layer in layers)
                {
                    layer.Read(executor, moments[..layer.Length]);
                    moments = moments[layer.Length..];
                }
            },
            (_, moments) =>
            {
                foreach (GatheredLayer layer in layers)
                {
                    layer.Add(moments[..layer.Length]);
                    moments = moments[layer.Length..];
                }
            }
        );
        rounds.Run(batches);
    }

    // What is read of each batch, and where it goes.
    private sealed record GatheredLayer(
        Node Node,
        int Length,
        Action<Executor, Span<double>> Read,
        Action<Span<double>> Add
    );
}
