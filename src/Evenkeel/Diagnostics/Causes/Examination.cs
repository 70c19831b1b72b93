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
            model.Graph.ReplaceEach<BatchNorm>(
                (_, norm) =>
                    norm with
                    {
                        NormalizeWith = StatisticsSource.Batch,
                        Convention = norm.Convention with { SingleValue = SingleValuePolicy.SkipUpdate },
                    }
            )
        );

    /// <summary>The batch normalisations of a network.</summary>
    public static Node[] Norms(Graph graph) => [.. graph.Nodes.Where(n => n.Layer is BatchNorm)];

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
        Node[] norms = Norms(model.Graph);
        var options = new PopulationOptions(PopulationEstimator.Pooled, batchSize);
        IReadOnlyDictionary<string, ChannelStatistics> found = training.MeasurePopulation(data, options, device);
        return new GapEvidence(
            model.Graph,
            norms,
            [
                .. norms.Select(n => new StatisticsGap(
                    BatchNormTensors.Of(model, n.Name),
                    found[n.Name],
                    ((BatchNorm)n.Layer).Convention.Epsilon
                )),
            ]
        );
    }
}
