using System.Collections.Immutable;
using Evenkeel.Diagnostics.Jacobians;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Diagnostics;

/// <summary>
/// The singular values of the Jacobian from one value of a network to a later one, at the examples of one batch: by how much layers stretch gradients
/// that go back through them. Ioffe and Szegedy (2015, section 3.3) conjecture that batch normalisation brings them near 1. Batch normalisation uses
/// the statistics of the batch, as in training; nothing is dropped out, and nothing is updated. One thread at a time, another is refused.
/// </summary>
/// <remarks>
/// The device computes backward passes in floats: a singular value below 1e-6 of the largest is rounding. <see cref="Device.Reference"/> gives all
/// digits. Other values that layers between the two read, as that of a shortcut from before, are constant.
/// </remarks>
public sealed class JacobianProbe : IDisposable
{
    private readonly Exclusive _turn = new("probe");
    private readonly Model _model;
    private readonly LayerRange _layers;
    private readonly JacobianOptions _options;
    private readonly Executor _executor;
    private readonly RangeProgram _range;
    private readonly Node[] _held;
    private readonly Dictionary<string, string> _owned;
    private readonly float[] _inputs;

    /// <summary>Plans the probe.</summary>
    /// <param name="model">Looked at as it is whenever the probe is run.</param>
    /// <param name="examples">All of them are one batch.</param>
    /// <param name="from">The value that the Jacobian is taken by: the name of a layer or input.</param>
    /// <param name="to">The value that it is taken of; it depends on <paramref name="from"/>.</param>
    /// <param name="options">What is constant, and when values are estimated; null for the defaults.</param>
    /// <param name="device">What computes, or null for <see cref="Device.Default"/>.</param>
    /// <exception cref="GraphException">There is no such value, or the second does not depend on the first.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public JacobianProbe(
        Model model,
        IDataset examples,
        string from,
        string to,
        JacobianOptions? options = null,
        Device? device = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        _options = options ?? new();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Examples, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Rank, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(_options.Iterations, nameof(options));
        bool held = _options.Statistics == JacobianStatistics.Held;
        _model = model;
        LayerRange whole = LayerRange.Between(model.Graph, from, to);
        _layers = held ? whole.Held() : whole;
        _held = held
            ? [.. whole.Graph.Nodes.Where(n => n.Layer is BatchNorm { NormalizeWith: StatisticsSource.Batch })]
            : [];
        _owned = model.Graph.SharedTensors().ToDictionary(t => t.Name, t => t.Owned);
        device ??= Device.Default;
        _inputs = examples.Inputs();
        string[] read = [.. _layers.Sides.Append(from).Where(name => model.Graph[name].Layer is not Input)];
        _executor = new Executor(
            model,
            new PlanOptions(PlanMode.BatchStatistics, examples.Count) { Observed = [.. read] },
            device
        );
        _range = new RangeProgram(_layers, held ? Math.Min(_options.Examples, examples.Count) : examples.Count, device);
    }

    /// <summary>Measures the model as it is now.</summary>
    /// <returns>The spectrum of each example's Jacobian in turn, or that of the whole batch's alone.</returns>
    /// <exception cref="InvalidOperationException">Another thread is running the probe or using its device.</exception>
    /// <exception cref="ObjectDisposedException">The probe, its model or its device has been disposed of.</exception>
    public ImmutableArray<JacobianSpectrum> Run()
    {
        using Exclusive.Turn turn = _turn.Enter();
        _executor.Forward(_inputs);
        TakeTensors();
        TakeStatistics();
        TakeValue(_layers.From, _range.Point);
        for (int i = 0; i < _range.Sides.Length; i++)
            TakeValue(_layers.Sides[i], _range.Sides[i]);
        JacobianBlocks blocks = JacobianBlocks.Of(_range, _options.Statistics);
        return blocks.IsSmall(_options.MaxExactRows)
            ? [.. blocks.Compute(_range).Select(rows => new JacobianSpectrum(SingularValues.Of(rows), 0))]
            : [.. JacobianSketch.Run(_range, blocks, _options)];
    }

    /// <summary>Releases the memory; waits for a measurement on another thread.</summary>
    public void Dispose()
    {
        _turn.Close();
        _executor.Dispose();
        _range.Dispose();
    }

    private void TakeTensors()
    {
        Model own = _range.Model;
        // The map in front of the layers stays the identity.
        foreach (NamedTensor tensor in own.Graph.Tensors().Where(t => t.Node != _layers.From))
        {
            string source = _owned.GetValueOrDefault(tensor.Name, tensor.Name);
            if (tensor.Spec.Type == ElementType.Float32)
                _model.Floats(source).CopyTo(own.Floats(tensor.Name));
        }
    }

    private void TakeStatistics()
    {
        foreach (Node norm in _held)
        {
            Round(_executor.BatchMean(norm.Name), _range.Model.Floats($"{norm.Name}.running_mean"));
            Round(_executor.BatchVariance(norm.Name), _range.Model.Floats($"{norm.Name}.running_var"));
        }
    }

    private void TakeValue(string name, Span<float> destination)
    {
        // What is fed in is not kept.
        ReadOnlySpan<float> values = _model.Graph[name].Layer is Input ? _inputs : _executor.Value(name);
        values[..destination.Length].CopyTo(destination);
    }

    private static void Round(ReadOnlySpan<double> values, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = (float)values[i];
    }
}
