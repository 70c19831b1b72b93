using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel;

/// <summary>
/// Measures the statistics of a trained model on data and makes them its running statistics. That repairs statistics that are missing,
/// damaged or from other data. Parameters do not change, and dropout is off.
/// </summary>
public static class Recalibration
{
    /// <summary>
    /// Recalibrates every batch normalisation of the model, in place. Layers that decorrelate follow in one pass more, with all values pooled.
    /// </summary>
    /// <param name="model">The model; its running statistics are overwritten after all are measured. An exception changes nothing.</param>
    /// <param name="data">Data like that in use; labels are not used.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="device">The device that computes, or null for <see cref="Device.Default"/>.</param>
    /// <param name="progress">Called with the number of passes done and the total.</param>
    /// <param name="cancellation">Stops between passes.</param>
    /// <param name="ranks">
    /// Ranks that divide the batches among them; each changes its model as one rank would, bit by bit. Null without ranks.
    /// </param>
    /// <exception cref="GraphException">The data does not fit the network.</exception>
    /// <exception cref="StatisticsException">The data has no variance, or weights or activations are not finite.</exception>
    /// <exception cref="CommunicatorException">The ranks have different networks or data.</exception>
    public static IReadOnlyList<RecalibratedLayer> Recalibrate(
        this Model model,
        IDataset data,
        RecalibrationOptions? options = null,
        Device? device = null,
        Action<int, int>? progress = null,
        Communicator? ranks = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new RecalibrationOptions();
        StoredStatistics.Require(model.Graph, "recalibrate");
        DatasetCompatibility.RequireInputs(model.Graph, data);
        RankAgreement.Join(ranks, model, data);
        if (WeightCheck.NotFinite(model) is { } weight)
        {
            throw new StatisticsException(
                $"The weights are damaged: {weight}. No statistics repair a weight; go back to an earlier checkpoint. Nothing was changed."
            );
        }

        using Model work = model.Clone();
        Node[][] levels = Levels(model.Graph, options);
        for (int level = 0; level < levels.Length; level++)
        {
            cancellation.ThrowIfCancellationRequested();
            Measure(work, data, options, device, ranks, levels[level], [.. levels.Take(level).SelectMany(l => l)]);
            progress?.Invoke(level + 1, levels.Length);
        }

        RecalibratedCovariance.Measure(work, data, Population(options), options.PriorWeight, device, ranks);
        RecalibratedLayer[] report =
        [
            .. Norms(model.Graph).Select(n => Compare(model, work, n.Name)),
            .. RecalibratedCovariance.Report(model, work),
        ];
        model.CopyFrom(work);
        return report;
    }

    /// <summary>Number of passes over the data.</summary>
    public static int Passes(Graph graph, RecalibrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        return Levels(graph, options).Length;
    }

    /// <summary>Number of examples that are used.</summary>
    public static int ExamplesUsed(IDataset data, RecalibrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return PopulationMeasurement.ExamplesUsed(data, Population(options));
    }

    private static PopulationOptions Population(RecalibrationOptions options) =>
        new(options.Estimator, options.BatchSize, options.MaxBatches, options.Seed);

    // Those with statistics of their own.
    private static Node[] Norms(Graph graph) =>
        [.. graph.Nodes.Where(n => n is { Layer: BatchNorm, StatisticsOf: null })];

    // Layers by the number of batch normalisations on the longest way from the input; all at once in one pass.
    private static Node[][] Levels(Graph graph, RecalibrationOptions options)
    {
        if (options.Order == RecalibrationOrder.OnePass)
            return [Norms(graph)];
        Dictionary<string, int> depth = NormDepth.Of(graph, n => n.Layer is BatchNorm);
        return [.. Norms(graph).GroupBy(n => depth[n.Name]).OrderBy(g => g.Key).Select(g => g.ToArray())];
    }

    private static void Measure(
        Model model,
        IDataset data,
        RecalibrationOptions options,
        Device? device,
        Communicator? ranks,
        Node[] measured,
        Node[] settled
    )
    {
        HashSet<string> running = [.. settled.Select(n => n.Name)];
        // Too few values are told once, for the whole of the data.
        using Model fed = model.With(
            model.Graph.ReplaceEach<BatchNorm>(
                (node, norm) =>
                    norm with
                    {
                        NormalizeWith = running.Contains(node.StatisticsOf ?? node.Name)
                            ? StatisticsSource.Running
                            : StatisticsSource.Batch,
                        Convention = norm.Convention with { SingleValue = SingleValuePolicy.SkipUpdate },
                    }
            )
        );
        IReadOnlyDictionary<string, ChannelStatistics> found = PopulationMeasurement.Measure(
            fed,
            data,
            Population(options),
            device,
            ranks
        );
        foreach (Node node in measured)
            Write(model, node.Name, found[node.Name], options.PriorWeight);
    }

    private static void Write(Model model, string layer, ChannelStatistics found, double prior)
    {
        Span<float> mean = model.Floats($"{layer}.running_mean"),
            variance = model.Floats($"{layer}.running_var");
        for (int i = 0; i < mean.Length; i++)
        {
            (double m, double v) = (found.Mean[i], found.Variance[i]);
            if (prior > 0)
            {
                // Moments of the mixture of two populations: between them lies variance as well.
                double between = mean[i] - m;
                v = (prior * variance[i]) + ((1 - prior) * v) + (prior * (1 - prior) * between * between);
                m += prior * between;
            }

            if (!float.IsFinite((float)m) || !float.IsFinite((float)v))
            {
                throw new StatisticsException(
                    $"Layer '{layer}' gets NaN or infinity from this data in channel {i}; nothing was changed. Look for NaN in the data, in the parameters of layers before it, or in the old statistics if they are given a weight."
                );
            }

            (mean[i], variance[i]) = ((float)m, (float)v);
        }

        model.Integers($"{layer}.num_batches_tracked")[0] = Math.Max(
            1,
            model.Integers($"{layer}.num_batches_tracked")[0]
        );
    }

    private static RecalibratedLayer Compare(Model old, Model recalibrated, string layer)
    {
        ReadOnlySpan<float> oldMean = old.Floats($"{layer}.running_mean"),
            oldVariance = old.Floats($"{layer}.running_var"),
            mean = recalibrated.Floats($"{layer}.running_mean"),
            variance = recalibrated.Floats($"{layer}.running_var");
        float epsilon = ((BatchNorm)old.Graph[layer].Layer).Convention.Epsilon;
        double sum = 0;
        double[] ratios = new double[mean.Length];
        for (int i = 0; i < mean.Length; i++)
        {
            double now = variance[i] + epsilon,
                before = oldVariance[i] + epsilon,
                // A constant channel under an epsilon of 0 gives beta, whatever its mean.
                shift = now > 0 ? (mean[i] - oldMean[i]) / Math.Sqrt(now) : 0;
            sum += shift * shift;
            ratios[i] = now == before ? 1 : now / before;
        }

        Array.Sort(ratios);
        return new RecalibratedLayer(layer, Math.Sqrt(sum / mean.Length), ratios[ratios.Length / 2]);
    }
}
