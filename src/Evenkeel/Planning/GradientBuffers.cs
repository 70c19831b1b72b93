using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Planning;

/// <summary>
/// Gradient buffers of values and tensors while a plan is built. A value that several layers read receives one gradient from
/// each: the first reader writes the buffer, later ones write a buffer of their own, which is then added. So does a tensor that several
/// layers use.
/// </summary>
internal sealed class GradientBuffers : IGradientBuffers
{
    private readonly PlanBuilder _builder;
    private readonly Dictionary<ValueId, BufferId> _values = [];
    private readonly Dictionary<ParameterId, BufferId> _tensors = [];
    private readonly HashSet<ValueId> _learning = [];
    private readonly HashSet<ParameterId> _written = [];
    private readonly SortedDictionary<int, int> _groups = [];
    private readonly List<(string Name, BufferId Source, BufferId Target)> _pending = [];

    public GradientBuffers(PlanBuilder builder)
    {
        _builder = builder;
        NamedTensor[] trainable = [.. builder.Graph.Tensors().Where(t => t.Spec.Trainable)];
        HashSet<string> owners = [.. trainable.Select(t => t.Node)];
        foreach (Node node in builder.Graph.Nodes)
        {
            if (
                owners.Contains(node.ParametersOf ?? node.Name)
                || node.Inputs.Select(builder.Graph.IdOf).Any(_learning.Contains)
            )
                _learning.UnionWith(node.Values.Select(builder.Graph.IdOf));
        }

        if (builder.Options.Mode != PlanMode.Training)
            return;
        foreach (NamedTensor tensor in trainable)
        {
            ParameterId id = builder.Layout.IdOf(tensor.Name);
            _tensors[id] = AddGradient(tensor.Name, Region.Gradient, id);
        }
    }

    /// <summary>Whether the value depends on anything that learns.</summary>
    public bool Needs(ValueId value) => _learning.Contains(value);

    public BufferId OfValue(ValueId value)
    {
        if (!_values.TryGetValue(value, out BufferId buffer))
            _values[value] = buffer = Allocate(value);
        return buffer;
    }

    /// <summary>Where a layer that can add writes the gradient of an input.</summary>
    public GradientTarget? Accumulating(ValueId value)
    {
        if (!Needs(value))
            return null;
        bool adds = _values.ContainsKey(value);
        return new GradientTarget(OfValue(value), adds);
    }

    public BufferId? InPlace(ValueId input, ValueId output)
    {
        bool isFree =
            Needs(input)
            && !Has(input)
            && _builder.PartOf(input) is null
            && _builder.PartOf(output) is null
            && !_builder.Options.Observes(_builder.Graph[output].Name);
        if (isFree)
            _values[input] = OfValue(output);
        return isFree ? _values[input] : ForInput(input);
    }

    public bool Has(ValueId value) => _values.ContainsKey(value);

    public BufferId? OfTensor(string tensor)
    {
        ParameterId id = _builder.Layout.IdOf(tensor);
        if (!_tensors.TryGetValue(id, out BufferId buffer))
            return null;
        if (_written.Add(id))
            return buffer;
        // Another layer that uses the tensor has written its gradient already.
        BufferId own = AddGradient(tensor, Region.Activation, id);
        _pending.Add((tensor, own, buffer));
        return own;
    }

    /// <summary>The gradient of a tensor; null if it is not trainable.</summary>
    public BufferId? Find(ParameterId tensor) => _tensors.TryGetValue(tensor, out BufferId buffer) ? buffer : null;

    public void CountOnce(string tensor, int group) => _groups[_builder.Layout.IdOf(tensor).Index] = group;

    /// <summary>The gradients that are made of what slices have exchanged.</summary>
    public GroupGradient[] Grouped() =>
        [
            .. _groups
                .Where(g => _tensors.ContainsKey(new ParameterId(g.Key)))
                .Select(g => new GroupGradient(_tensors[new ParameterId(g.Key)], g.Value)),
        ];

    public BufferId? ForInput(ValueId value)
    {
        if (!Needs(value))
            return null;
        if (!_values.TryGetValue(value, out BufferId first))
            return OfValue(value);
        BufferId own = Allocate(value);
        _pending.Add((_builder.Graph[value].Name, own, first));
        return own;
    }

    /// <summary>Adds what the layer just lowered has written beside a gradient that was there already.</summary>
    public void EmitPendingSums()
    {
        foreach ((string name, BufferId source, BufferId target) in _pending)
            _builder.Backward.Add(new AccumulateGradient(name, source, target));
        _pending.Clear();
    }

    private BufferId AddGradient(string name, Region region, ParameterId id)
    {
        (NamedTensor tensor, long home) = _builder.Layout[id];
        return _builder.Add(
            new BufferInfo($"d {name}", region, ElementType.Float32, 0, tensor.Spec.Count)
            {
                Home = region == Region.Gradient ? home : 0,
            }
        );
    }

    private BufferId Allocate(ValueId value)
    {
        (string name, Shape shape) = (_builder.Graph[value].Name, _builder.Graph[value].Shape);
        return _builder.PartOf(value) is { } part
            ? _builder.AddView($"d {name}", OfValue(part.Whole), part.Offset, shape)
            : _builder.Add(new BufferInfo($"d {name}", Region.Activation, ElementType.Float32, shape.Count, 0));
    }
}
