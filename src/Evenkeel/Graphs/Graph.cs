using System.Collections.Immutable;
using Evenkeel.Graphs;

namespace Evenkeel;

/// <summary>
/// An immutable network: nodes in topological order, with one or more inputs and outputs. Every change of a network (inserting batch
/// normalisation, fusing, folding) creates a new graph.
/// </summary>
public sealed class Graph : IGraphView
{
    // A name that is not there is answered with some of those that are.
    private const int NamesShown = 20;

    private readonly Dictionary<string, ValueId> _ids;
    private readonly List<NodeValue> _values = [];
    private readonly HashSet<string> _outputs;
    private readonly HashSet<string> _owners;
    private readonly Lazy<GraphReaders> _readers;

    /// <summary>Creates and checks a graph with one output.</summary>
    /// <exception cref="GraphException">The nodes are not a network; the message says which and why.</exception>
    public Graph(IEnumerable<Node> nodes, string output)
        : this(nodes, [new GraphOutput(output)]) { }

    /// <summary>Creates and checks a graph.</summary>
    /// <param name="nodes">Nodes in topological order: each after the nodes that it reads; the first is an input.</param>
    /// <param name="outputs">One or more outputs, the primary one first. Their names must differ; they may refer to the same value.</param>
    /// <exception cref="GraphException">The nodes are not a network; the message says which and why.</exception>
    public Graph(IEnumerable<Node> nodes, IEnumerable<GraphOutput> outputs)
    {
        Nodes = [.. nodes];
        Results = [.. outputs];
        Inputs = [.. Nodes.Where(n => n.Layer is Graphs.Input)];
        OutputNames = [.. Results.Select(o => o.Node)];
        _outputs = [.. OutputNames];
        _owners = [.. Nodes.SelectMany(n => n.Owners)];
        _readers = new Lazy<GraphReaders>(() => new GraphReaders(this));
        _ids = new Dictionary<string, ValueId>(Nodes.Length);
        foreach (Node node in Nodes)
        {
            for (int i = 0; i < node.Shapes.Length; i++)
                Add(new NodeValue(node, i));
        }

        GraphVerifier.Verify(this);
    }

    /// <summary>All nodes; each one follows the nodes it reads.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>The outputs with their external names, the primary one first.</summary>
    public ImmutableArray<GraphOutput> Results { get; }

    /// <summary>Names of the values that are the network's outputs, the primary one first; one per output.</summary>
    public ImmutableArray<string> OutputNames { get; }

    /// <summary>The nodes whose values are the network's outputs, the primary one first; one per output.</summary>
    public ImmutableArray<Node> Outputs => [.. OutputNames.Select(name => this[name])];

    /// <summary>Name of the primary output, which is trained, evaluated and predicted.</summary>
    public string OutputName => OutputNames[0];

    /// <summary>The input nodes, in order: one or more.</summary>
    public ImmutableArray<Node> Inputs { get; }

    /// <summary>The first input, for most networks the only one.</summary>
    public Node Input => Nodes[0];

    /// <summary>The node whose value is the primary output.</summary>
    public Node Output => this[OutputName];

    /// <summary>Shape of the network's primary output.</summary>
    public Shape OutputShape => ShapeOf(OutputName);

    /// <summary>The node with this name, or the node whose value has this name.</summary>
    /// <exception cref="GraphException">There is no such node.</exception>
    public Node this[string name] => Find(name).Node;

    /// <summary>Whether a node or value of this name exists.</summary>
    public bool Contains(string name) => _ids.ContainsKey(name);

    /// <summary>Shape of a value.</summary>
    /// <exception cref="GraphException">There is no such value.</exception>
    public Shape ShapeOf(string value) => Find(value).Shape;

    /// <summary>Whether the value <paramref name="name"/> is an output of the network.</summary>
    public bool IsOutput(string name) => _outputs.Contains(name);

    /// <summary>The nodes that read the value <paramref name="name"/>, each once, in order.</summary>
    public IReadOnlyList<Node> Consumers(string name) => _readers.Value.Of(name);

    /// <summary>How often nodes read the value <paramref name="name"/>; a node that reads it twice counts twice.</summary>
    public int Reads(string name) => _readers.Value.Reads(name);

    /// <inheritdoc/>
    public bool SharesParameters(string name) => this[name].Owners.Any() || _owners.Contains(name);

    /// <summary>The shapes of the values that a node reads.</summary>
    public Shape[] InputShapes(Node node) => [.. node.Inputs.Select(ShapeOf)];

    /// <summary>Every parameter and state tensor of the network, in node order, with full names; a shared tensor appears once.</summary>
    public IEnumerable<NamedTensor> Tensors() =>
        Nodes.SelectMany(node =>
            node.Layer.Tensors(InputShapes(node))
                .Where(spec => node.OwnerOf(spec.Role) is null)
                .Select(spec => new NamedTensor(node.Name, spec))
        );

    /// <summary>For each tensor of a layer that uses another one's, its name there.</summary>
    internal IEnumerable<(string Name, string Owned)> SharedTensors() =>
        from node in Nodes
        where node.Owners.Any()
        from spec in node.Layer.Tensors(InputShapes(node))
        let owner = node.OwnerOf(spec.Role)
        where owner is not null
        select ($"{node.Name}.{spec.Name}", $"{owner}.{spec.Name}");

    /// <summary>A graph in which the node <paramref name="name"/> has another layer; shapes are inferred again.</summary>
    public Graph Replace(string name, Layer layer)
    {
        Node old = this[name];
        return new GraphEditor(this).Replace(name, layer, old.Inputs).ToGraph();
    }

    /// <summary>A graph in which each layer of one type is replaced by another layer; shapes are inferred again.</summary>
    /// <param name="change">Returns the new layer of a node.</param>
    public Graph ReplaceEach<TLayer>(Func<Node, TLayer, Layer> change)
        where TLayer : Layer
    {
        ArgumentNullException.ThrowIfNull(change);
        var editor = new GraphEditor(this);
        foreach (Node node in Nodes)
        {
            if (node.Layer is TLayer layer && change(node, layer) is var changed && !ReferenceEquals(changed, layer))
                editor.Replace(node.Name, changed);
        }

        return editor.ToGraph();
    }

    /// <summary>How many values the nodes make.</summary>
    internal int ValueCount => _values.Count;

    /// <summary>A value.</summary>
    internal NodeValue this[ValueId id] => _values[id.Index];

    /// <summary>The value of a name.</summary>
    /// <exception cref="GraphException">There is no such value.</exception>
    internal ValueId IdOf(string name) =>
        _ids.TryGetValue(name, out ValueId id)
            ? id
            : throw new GraphException($"The network has no layer '{name}'; it has {Names()}.");

    private NodeValue Find(string name) => this[IdOf(name)];

    private void Add(NodeValue value)
    {
        if (_ids.TryAdd(value.Name, new ValueId(_values.Count)))
        {
            _values.Add(value);
            return;
        }

        throw new GraphException(
            (value.Index, Find(value.Name).Index) is (0, 0)
                ? $"Two layers are named '{value.Name}'; give one of them another name."
                : $"'{value.Name}' names a layer and a further value of another one; give the layer another name."
        );
    }

    private string Names()
    {
        int more = Nodes.Length - NamesShown;
        return string.Join(", ", Nodes.Take(NamesShown).Select(n => n.Name)) + (more > 0 ? $" and {more} more" : "");
    }
}
