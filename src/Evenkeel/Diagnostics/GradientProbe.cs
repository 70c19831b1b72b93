using System.Collections.Immutable;
using Evenkeel.Execution;
using Evenkeel.Kernels.Threading;
using Evenkeel.Lowering;

namespace Evenkeel.Diagnostics;

/// <summary>
/// How large the gradient of the loss is at some layers' outputs, over a fixed set of examples: what vanishes or explodes over depth, or over time. Batch
/// normalisation uses the statistics of the probe itself, as in training, and nothing is updated. One thread at a time, another is refused.
/// </summary>
public sealed class GradientProbe : IDisposable
{
    private readonly Exclusive _turn = new("probe");
    private readonly Executor _executor;
    private readonly float[] _inputs;
    private readonly int[] _labels;

    /// <summary>Plans the probe.</summary>
    /// <param name="model">Looked at as it is whenever the probe is run.</param>
    /// <param name="examples">Labelled examples; all of them are one batch.</param>
    /// <param name="layers">Layers whose outputs are looked at; each learns, or stands behind one that does.</param>
    /// <param name="device">What computes, or null for <see cref="Device.Default"/>.</param>
    /// <exception cref="GraphException">There is no such layer, or the data does not fit the network.</exception>
    public GradientProbe(Model model, IDataset examples, IEnumerable<string> layers, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        Layers = [.. layers];
        var options = new PlanOptions(PlanMode.Training, examples.Count)
        {
            Loss = new SoftmaxCrossEntropy(),
            Observed = Layers,
            ObserveGradients = true,
        };
        _executor = new Executor(model, options, device);
        _inputs = new float[examples.Count * examples.InputLength];
        _labels = new int[examples.Count * examples.LabelLength];
        examples.Read([.. Enumerable.Range(0, examples.Count)], _inputs, _labels);
    }

    /// <summary>The layers looked at.</summary>
    public ImmutableArray<string> Layers { get; }

    /// <summary>Measures the model as it is now.</summary>
    /// <returns>For each layer the Euclidean norm of the gradient of the mean loss by its output, over all examples.</returns>
    /// <exception cref="InvalidOperationException">Another thread is running the probe or using its device.</exception>
    /// <exception cref="ObjectDisposedException">The probe, its model or its device has been disposed of.</exception>
    public double[] Run()
    {
        using Exclusive.Turn turn = _turn.Enter();
        _executor.ForwardBackward(_inputs, _labels);
        return [.. Layers.Select(layer => Norm(_executor.ValueGradient(layer)))];
    }

    /// <summary>Lets go of the memory; a measurement at work on another thread is waited for.</summary>
    public void Dispose()
    {
        _turn.Close();
        _executor.Dispose();
    }

    private static double Norm(ReadOnlySpan<float> values)
    {
        // In double: squares of gradients that have vanished are 0 in float.
        double sum = 0;
        foreach (float value in values)
            sum += (double)value * value;
        return Math.Sqrt(sum);
    }
}
