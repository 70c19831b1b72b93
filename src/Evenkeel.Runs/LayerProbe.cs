using Evenkeel.Diagnostics;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Reporting.Metrics;
using Evenkeel.Reporting.TensorBoard;

namespace Evenkeel.Runs;

/// <summary>
/// Looks inside the network: its batch normalisations, and what goes into each activation for a fixed set of validation examples, with their
/// own batch statistics as in training. Nothing is updated.
/// </summary>
internal sealed class LayerProbe : IDisposable
{
    private readonly Model _model;
    private readonly float[] _inputs;
    private readonly Executor _executor;
    private readonly (string Activation, string Source)[] _observed;

    private LayerProbe(Model model, IDataset examples, Device device)
    {
        _model = model;
        _inputs = examples.Inputs();
        _observed =
        [
            .. model
                .Graph.Nodes.Where(n => n.Layer is Activation && model.Graph[n.Inputs[0]].Layer is not Input)
                .Select(n => (n.Name, n.Inputs[0])),
        ];
        var options = new PlanOptions(PlanMode.BatchStatistics, examples.Count)
        {
            Observed = [.. _observed.Select(o => o.Source).Distinct()],
        };
        _executor = new Executor(model, options, device);
    }

    /// <summary>A probe, or null if the data has too few examples for a variance.</summary>
    public static LayerProbe? For(Model model, IDataset data, Device device) =>
        ProbeBatch.Of(data, ProbeBatch.Most) is { } examples ? new LayerProbe(model, examples, device) : null;

    /// <summary>Writes all distributions as they are now: gamma, running variance, inputs.</summary>
    public void Write(TensorBoardWriter writer, long step)
    {
        foreach (Node node in _model.Graph.Nodes.Where(n => n.Layer is BatchNorm))
        {
            writer.Histogram($"gamma/{node.Name}", step, _model.Floats($"{node.Name}.weight"));
            writer.Histogram($"running_variance/{node.Name}", step, _model.Floats($"{node.Name}.running_var"));
        }

        _executor.Forward(_inputs);
        foreach ((string activation, string source) in _observed)
            writer.Histogram($"pre_activation/{activation}", step, _executor.Value(source));
    }

    /// <summary>
    /// Writes percentiles of the inputs of each activation's middle unit (its number half the units', for a curve as in Figure 1 of the
    /// paper), and the running statistics and problems of each batch normalisation.
    /// </summary>
    public void Write(MetricsLog log, long step)
    {
        var values = new List<(string, double)>();
        _executor.Forward(_inputs);
        foreach ((string activation, string source) in _observed)
        {
            float[] sorted = MiddleUnit(_executor.Value(source), _model.Graph.ShapeOf(source).Channels);
            foreach (double percentile in LayerValue.Percentiles)
                Add(activation, LayerValue.OfPercentile(percentile), Percentile.Of(sorted, percentile));
        }

        foreach (BatchNormHealth norm in _model.InspectBatchNorm())
        {
            Add(norm.Layer, LayerValue.Mean, norm.Mean.Mean);
            Add(norm.Layer, LayerValue.LowestMean, norm.Mean.Min);
            Add(norm.Layer, LayerValue.HighestMean, norm.Mean.Max);
            Add(norm.Layer, LayerValue.Variance, norm.Variance.Mean);
            Add(norm.Layer, LayerValue.LowestVariance, norm.Variance.Min);
            Add(norm.Layer, LayerValue.HighestVariance, norm.Variance.Max);
            foreach (BatchNormFinding finding in norm.Findings)
                Add(norm.Layer, LayerValue.Of(finding.Problem), finding.Channels.Count);
        }

        log.Append(step, [.. values]);

        void Add(string layer, string value, double number) => values.Add((LayerValue.NameOf(layer, value), number));
    }

    public void Dispose() => _executor.Dispose();

    private static float[] MiddleUnit(ReadOnlySpan<float> values, int units)
    {
        float[] unit = new float[values.Length / units];
        for (int i = 0; i < unit.Length; i++)
            unit[i] = values[(i * units) + (units / 2)];
        Array.Sort(unit);
        return unit;
    }
}
