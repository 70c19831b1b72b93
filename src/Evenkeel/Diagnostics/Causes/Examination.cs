using Evenkeel.Diagnostics.Trials;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Rewrites;
using Evenkeel.Training;

namespace Evenkeel.Diagnostics.Causes;

/// <summary>One model on one data set: what is measured once and asked by every rule.</summary>
internal sealed record Examination(Model Model, IDataset Data, Device Device, DiagnosisOptions Options)
{
    /// <summary>The model with every layer normalising with the batch, as training without frozen layers would.</summary>
    public required Model Training { get; init; }

    /// <summary>What the examples are judged by, where they have labels or targets.</summary>
    public Loss Loss { get; } = Evaluator.LossFor(Data, Options.Loss);

    /// <summary>The gaps of all layers.</summary>
    public required GapEvidence Evidence { get; init; }

    /// <summary>Measures gaps; the training model is the caller's to dispose.</summary>
    public static Examination Of(Model model, Model training, IDataset data, Device device, DiagnosisOptions options) =>
        new(model, data, device, options)
        {
            Training = training,
            Evidence = Measure(model, training, data, device, options.BatchSize),
        };

    /// <summary>Layers that training would freeze are unfrozen: the question is what the data makes of them.</summary>
    public static Model AsInTraining(Model model) =>
        model.With(
            model
                .Graph.ReplaceEach<BatchNorm>(
                    (_, norm) =>
                        norm with
                        {
                            NormalizeWith = StatisticsSource.Batch,
                            Convention = norm.Convention with { SingleValue = SingleValuePolicy.SkipUpdate },
                        }
                )
                .ReplaceEach<WhiteningNorm>(
                    (_, norm) =>
                        norm with
                        {
                            NormalizeWith = StatisticsSource.Batch,
                            Convention = norm.Convention with { SingleValue = SingleValuePolicy.SkipUpdate },
                        }
                )
        );

    /// <summary>Statistics of data, by layer, of a model that normalises with the batch.</summary>
    public static Population Measure(Model training, IDataset data, PopulationOptions options, Device device)
    {
        var channels = new Dictionary<string, ChannelStatistics>(training.MeasurePopulation(data, options, device));
        var pairs = new Dictionary<string, GroupCovariance>();
        foreach (
            (string layer, PooledCovariance found) in PopulationMeasurement.MeasureCovariance(
                training,
                data,
                options,
                device,
                null
            )
        )
        {
            GroupCovariance covariance = found.Covariances();
            pairs.Add(layer, covariance);
            channels.Add(layer, new ChannelStatistics(found.Mean.ToArray(), covariance.Variances));
        }

        return new Population(channels, pairs);
    }

    /// <summary>Tries an exact conversion on all of the data.</summary>
    public RemedyTrial Try(StatisticsConversion conversion, ExampleScores stored)
    {
        using Model converted = conversion.Convert(Model);
        return ExampleScores.Stored(converted, Data, Loss, Device).Against(stored, conversion.Words);
    }

    /// <summary>The gaps that an exact conversion leaves.</summary>
    public GapEvidence After(StatisticsConversion conversion)
    {
        using Model converted = conversion.Convert(Model);
        using Model training = AsInTraining(converted);
        return Measure(converted, training, Data, Device, Options.BatchSize);
    }

    private static GapEvidence Measure(Model model, Model training, IDataset data, Device device, int batchSize)
    {
        Node[] norms = NormNodes.Of(model.Graph);
        var options = new PopulationOptions(PopulationEstimator.Pooled, batchSize);
        Population found = Measure(training, data, options, device);
        return new GapEvidence(
            model.Graph,
            norms,
            [
                .. norms.Select(n => new StatisticsGap(
                    BatchNormTensors.Of(model, n),
                    found.Channels[n.Name],
                    NormNodes.ConventionOf(n).Epsilon,
                    found.Pairs.GetValueOrDefault(n.Name)
                )),
            ]
        );
    }
}

/// <summary>Statistics of data, by layer.</summary>
/// <param name="Channels">Means and variances.</param>
/// <param name="Pairs">Covariances, of the layers that whiten alone.</param>
internal sealed record Population(
    IReadOnlyDictionary<string, ChannelStatistics> Channels,
    IReadOnlyDictionary<string, GroupCovariance> Pairs
);
