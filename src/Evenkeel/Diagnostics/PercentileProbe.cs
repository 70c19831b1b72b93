using Evenkeel.Execution;
using Evenkeel.Kernels.Threading;
using Evenkeel.Lowering;

namespace Evenkeel.Diagnostics;

/// <summary>
/// Percentiles of each unit's value in one layer over a fixed set of examples: what Figure 1(b, c) of the paper follows over
/// training. Batch normalisation uses the statistics of the probe itself, as in training, and nothing is updated. One thread at a time,
/// another is refused.
/// </summary>
public sealed class PercentileProbe : IDisposable
{
    private readonly Exclusive _turn = new("probe");
    private readonly Executor _executor;
    private readonly string _layer;
    private readonly double[] _percentiles;
    private readonly float[] _inputs;
    private readonly float[] _column;

    /// <summary>Plans the probe.</summary>
    /// <param name="model">Looked at as it is whenever the probe is run.</param>
    /// <param name="examples">The probe; all of it is one batch.</param>
    /// <param name="layer">The layer whose output is looked at.</param>
    /// <param name="percentiles">Percentiles in [0, 100].</param>
    /// <param name="device">The device that computes, or null for <see cref="Device.Default"/>.</param>
    public PercentileProbe(
        Model model,
        IDataset examples,
        string layer,
        ReadOnlySpan<double> percentiles,
        Device? device = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        var options = new PlanOptions(PlanMode.BatchStatistics, examples.Count) { Observed = [layer] };
        _executor = new Executor(model, options, device);
        _layer = layer;
        _percentiles = [.. percentiles];
        _inputs = examples.Inputs();
        Units = model.Graph.ShapeOf(layer).Channels;
        _column = new float[examples.Count * model.Graph.ShapeOf(layer).Positions];
    }

    /// <summary>Units of the layer.</summary>
    public int Units { get; }

    /// <summary>Measures the model as it is now.</summary>
    /// <param name="destination">[units, percentiles], overwritten.</param>
    /// <exception cref="InvalidOperationException">Another thread is running the probe or using its device.</exception>
    /// <exception cref="ObjectDisposedException">The probe, its model or its device has been disposed of.</exception>
    public void Run(Span<float> destination)
    {
        using Exclusive.Turn turn = _turn.Enter();
        _executor.Forward(_inputs);
        ReadOnlySpan<float> values = _executor.Value(_layer);
        for (int unit = 0; unit < Units; unit++)
        {
            for (int row = 0; row < _column.Length; row++)
                _column[row] = values[(row * Units) + unit];
            Array.Sort(_column);
            for (int i = 0; i < _percentiles.Length; i++)
                destination[(unit * _percentiles.Length) + i] = Percentile.Of(_column, _percentiles[i]);
        }
    }

    /// <summary>Releases the memory; waits for a measurement on another thread.</summary>
    public void Dispose()
    {
        _turn.Close();
        _executor.Dispose();
    }
}
