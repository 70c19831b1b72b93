using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;

namespace Evenkeel;

/// <summary>Where a tensor lies in the parameter or state arena.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="ByteOffset">Offset in its arena.</param>
internal readonly record struct TensorPlace(NamedTensor Tensor, long ByteOffset);

/// <summary>A run of parameters that one optimiser call updates.</summary>
/// <param name="Role">Weights, or offsets (biases, gamma, beta).</param>
/// <param name="Start">First float.</param>
/// <param name="Count">Floats, padding included; padding stays 0.</param>
internal readonly record struct ParameterGroup(TensorRole Role, int Start, int Count);

/// <summary>
/// Lays a network's tensors out in two arenas. Trainable weights come first, then trainable offsets, then frozen tensors, so that
/// the optimiser sees one span per group and gradients, laid out alike, are one span for the norm.
/// </summary>
internal sealed class TensorLayout
{
    private readonly Dictionary<string, ParameterId> _ids = [];
    private readonly TensorPlace[] _places;

    /// <summary>Lays out the tensors of <paramref name="graph"/>.</summary>
    public TensorLayout(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _places = [.. graph.Tensors().Select(t => new TensorPlace(t, 0))];
        long at = 0;
        var groups = new List<ParameterGroup>();
        foreach (TensorRole role in (TensorRole[])[TensorRole.Weight, TensorRole.Offset])
        {
            long start = at;
            at = Place(t => t.Trainable && t.Role == role, at);
            if (at > start)
                groups.Add(new ParameterGroup(role, (int)(start / 4), (int)((at - start) / 4)));
        }

        Groups = groups;
        TrainableBytes = at;
        ParameterBytes = Place(t => !t.Trainable && t.Role != TensorRole.State, at);
        StateBytes = Place(t => t.Role == TensorRole.State, 0);
        Tensors = Array.AsReadOnly(_places);
        for (int i = 0; i < _places.Length; i++)
            _ids.Add(_places[i].Tensor.Name, new ParameterId(i));
        foreach ((string name, string owned) in graph.SharedTensors())
            _ids.Add(name, _ids[owned]);
    }

    /// <summary>All tensors in network order, each once; the name of a tensor that a layer shares leads to the one that it uses.</summary>
    public IReadOnlyList<TensorPlace> Tensors { get; }

    /// <summary>The optimiser's groups.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Bytes of the trainable parameters, and so of the gradients and each optimiser state.</summary>
    public long TrainableBytes { get; }

    /// <summary>Bytes of all parameters.</summary>
    public long ParameterBytes { get; }

    /// <summary>Bytes of all running state.</summary>
    public long StateBytes { get; }

    /// <summary>The place of a tensor.</summary>
    /// <exception cref="GraphException">There is no such tensor.</exception>
    public TensorPlace this[string name] => this[IdOf(name)];

    /// <summary>The place of a tensor, or null if there is no such tensor.</summary>
    public TensorPlace? Find(string name) => _ids.TryGetValue(name, out ParameterId id) ? this[id] : null;

    /// <summary>The place of a tensor.</summary>
    internal TensorPlace this[ParameterId id] => _places[id.Index];

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="GraphException">There is no such tensor.</exception>
    internal ParameterId IdOf(string name) =>
        _ids.TryGetValue(name, out ParameterId id)
            ? id
            : throw new GraphException($"The model has no tensor '{name}'; it has {string.Join(", ", _ids.Keys)}.");

    private long Place(Func<TensorSpec, bool> chosen, long at)
    {
        foreach (ref TensorPlace place in _places.AsSpan())
        {
            TensorSpec spec = place.Tensor.Spec;
            if (!chosen(spec))
                continue;
            place = place with { ByteOffset = at };
            at += MemoryBlock.Align((long)spec.Count * spec.Type.Bytes());
        }

        return at > int.MaxValue * 4L
            ? throw new GraphException("The parameters exceed 8 GiB, which one arena does not hold.")
            : at;
    }
}
