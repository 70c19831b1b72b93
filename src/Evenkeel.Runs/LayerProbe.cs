using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Reporting.TensorBoard;

namespace Evenkeel.Runs;

/// <summary>
/// Distributions inside the network for TensorBoard: gamma, running variance, and what goes into each activation for a fixed set of
/// validation examples, with their own batch statistics as in training.
/// </summary>
internal sealed class LayerProbe : IDisposable
{
    private const int Examples = 256;

    // As many values as that many images of 32 x 32 have: large images would take all memory.
    private const int MaxValues = Examples * 32 * 32 * 3;
    private readonly Model _model;
    private readonly float[] _inputs;
    private readonly Executor _executor;
    private readonly (string Activation, string Source)[] _observed;

    private LayerProbe(Model model, IDataset data, Device device)
    {
        _model = model;
        int count = Math.Min(Math.Clamp(MaxValues / data.InputLength, 2, Examples), data.Count);
        _inputs = new float[count * data.InputLength];
        data.Read([.. Enumerable.Range(0, count)], _inputs, new int[count]);
        _observed =
        [
            .. model
                .Graph.Nodes.Where(n => n.Layer is Activation && model.Graph[n.Inputs[0]].Layer is not Input)
                .Select(n => (n.Name, n.Inputs[0])),
        ];
        var options = new PlanOptions(PlanMode.BatchStatistics, count)
        {
            Observed = [.. _observed.Select(o => o.Source).Distinct()],
        };
        _executor = new Executor(model, options, device);
    }

    /// <summary>A probe, or null if the data has too few examples for a variance.</summary>
    public static LayerProbe? For(Model model, IDataset data, Device device) =>
        data.Count < 2 ? null : new LayerProbe(model, data, device);

    /// <summary>Writes all distributions as they are now.</summary>
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

    public void Dispose() => _executor.Dispose();
}
