using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Training;

namespace Evenkeel.Diagnostics;

/// <summary>
/// Gradients and saturated activations of all layers, by one pass forward and back over a fixed batch. Batch normalisation uses the statistics of that
/// batch, as in training, and nothing is updated. One thread at a time, another is refused.
/// </summary>
internal sealed class PropagationProbe : IDisposable
{
    private readonly Exclusive _turn = new("probe");
    private readonly Executor _executor;
    private readonly IDataset _examples;
    private readonly (string Layer, TensorPlace[] Tensors)[] _weights;
    private readonly Node[] _activations;

    /// <summary>Plans the probe.</summary>
    /// <param name="model">Looked at as it is whenever the probe is run.</param>
    /// <param name="examples">All of them are one batch, with labels or with the targets that the loss takes.</param>
    /// <param name="loss">The loss of the training.</param>
    /// <param name="device">What computes, or null for <see cref="Device.Default"/>.</param>
    /// <exception cref="GraphException">The data does not fit the network or the loss.</exception>
    public PropagationProbe(Model model, IDataset examples, Loss loss, Device? device = null)
    {
        DatasetCompatibility.Require(model.Graph, examples, loss);
        _examples = examples;
        _activations =
        [
            .. model.Graph.Nodes.Where(n => n.Layer is Activation && model.Graph[n.Inputs[0]].Layer is not Input),
        ];
        _weights =
        [
            .. model
                .Layout.Tensors.Where(t => t.Tensor.Spec.Trainable)
                .GroupBy(t => t.Tensor.Node)
                .Where(layer => layer.Any(t => t.Tensor.Spec.Role == TensorRole.Weight))
                .Select(layer => (layer.Key, layer.ToArray())),
        ];
        var options = new PlanOptions(PlanMode.Training, examples.Count)
        {
            Loss = loss,
            Observed = [.. _activations.SelectMany(n => (string[])[n.Inputs[0], n.Name]).Distinct()],
            ObserveGradients = true,
        };
        _executor = new Executor(model, options, device);
    }

    /// <summary>Measures the model as it is now.</summary>
    /// <exception cref="InvalidOperationException">Another thread is running the probe or using its device.</exception>
    /// <exception cref="ObjectDisposedException">The probe, its model or its device has been disposed of.</exception>
    public Propagation Run()
    {
        using Exclusive.Turn turn = _turn.Enter();
        new ExampleBlocks(_examples, _examples.Count).ReadTargets(
            0,
            out ReadOnlySpan<float> inputs,
            out Targets targets
        );
        double loss = targets.Values.IsEmpty
            ? _executor.ForwardBackward(inputs, targets.Labels)
            : _executor.ForwardBackward(inputs, targets.Values);
        return new Propagation(
            loss,
            [.. _weights.Select(layer => new LayerNumber(layer.Layer, WeightNorm(layer.Tensors)))],
            [
                .. _activations
                    .Where(n => _executor.Plan.HasGradientOf(n.Inputs[0]))
                    .Select(n => new LayerNumber(n.Name, Math.Sqrt(SquareSum(_executor.ValueGradient(n.Inputs[0]))))),
            ],
            [.. _activations.SelectMany(SaturatedOf)]
        );
    }

    /// <summary>Lets go of the memory; a measurement at work on another thread is waited for.</summary>
    public void Dispose()
    {
        _turn.Close();
        _executor.Dispose();
    }

    private double WeightNorm(TensorPlace[] tensors) =>
        Math.Sqrt(tensors.Sum(t => SquareSum(_executor.Gradients.Slice((int)(t.ByteOffset / 4), t.Tensor.Spec.Count))));

    private IEnumerable<LayerNumber> SaturatedOf(Node node)
    {
        if (Saturation.Bounds((Activation)node.Layer) is { } bounds)
            yield return new LayerNumber(node.Name, Saturation.Fraction(_executor.Value(node.Name), bounds));
    }

    // In double: squares of gradients that have vanished are 0 in float.
    private static double SquareSum(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
            sum += (double)value * value;
        return sum;
    }
}
