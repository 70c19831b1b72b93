using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Planning;

/// <summary>
/// Gradient buffers of values and tensors while a plan is built. A value that several layers read receives one gradient from
/// each: the first reader writes the buffer, later ones write a buffer of their own, which is then added.
/// </summary>
internal sealed class GradientBuffers : IGradientBuffers
{
    private readonly PlanBuilder _builder;
    private readonly Dictionary<string, int> _values = [];
    private readonly Dictionary<string, int> _tensors = [];
    private readonly HashSet<string> _learning;
    private readonly List<(string Value, int Source)> _pending = [];

    public GradientBuffers(PlanBuilder builder)
    {
        _builder = builder;
        NamedTensor[] trainable = [.. builder.Graph.Tensors().Where(t => t.Spec.Trainable)];
        _learning = [.. trainable.Select(t => t.Node)];
        foreach (Node node in builder.Graph.Nodes.Where(n => n.Inputs.Any(_learning.Contains)))
            _learning.Add(node.Name);
        if (builder.Options.Mode != PlanMode.Training)
            return;
        foreach (NamedTensor tensor in trainable)
        {
            long home = builder.Layout[tensor.Name].ByteOffset;
            _tensors[tensor.Name] = builder.Add(
                new BufferInfo($"d {tensor.Name}", Region.Gradient, tensor.Spec.Type, 0, tensor.Spec.Count)
                {
                    Home = home,
                }
            );
        }
    }

    /// <summary>Whether the value depends on anything that learns.</summary>
    public bool Needs(string value) => _learning.Contains(value);

    public int OfValue(string value)
    {
        if (!_values.TryGetValue(value, out int buffer))
            _values[value] = buffer = Allocate(value);
        return buffer;
    }

    /// <summary>Where a layer that can add writes the gradient of its i-th input.</summary>
    public GradientTarget? Accumulating(Node node, int i)
    {
        string value = node.Inputs[i];
        if (!Needs(value))
            return null;
        bool adds = _values.ContainsKey(value);
        return new GradientTarget(OfValue(value), adds);
    }

    public bool Has(string value) => _values.ContainsKey(value);

    public int? OfTensor(string tensor) => _tensors.TryGetValue(tensor, out int buffer) ? buffer : null;

    public int? ForInput(Node node, int i)
    {
        string value = node.Inputs[i];
        if (!Needs(value))
            return null;
        if (!_values.ContainsKey(value))
            return OfValue(value);
        int own = Allocate(value);
        _pending.Add((value, own));
        return own;
    }

    /// <summary>Adds what the layer just lowered has written beside a gradient that was there already.</summary>
    public void EmitPendingSums()
    {
        foreach ((string value, int source) in _pending)
        {
            int count = _builder.Graph[value].Shape.Count;
            _builder.Backward.Add(new AccumulateGradient(value, count, source, _values[value]));
        }

        _pending.Clear();
    }

    private int Allocate(string value) =>
        _builder.PartOf(value) is { } part
            ? _builder.AddView($"d {value}", OfValue(part.Whole), part.Offset, _builder.Graph[value].Shape)
            : _builder.Add(
                new BufferInfo(
                    $"d {value}",
                    Region.Activation,
                    ElementType.Float32,
                    _builder.Graph[value].Shape.Count,
                    0
                )
            );
}
