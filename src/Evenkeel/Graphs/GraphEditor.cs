using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Evenkeel.Graphs;

/// <summary>
/// The few edits that rewrites are made of. Works on a copy, and answers as it stands after the edits so far. An edit takes as long as the
/// nodes that it concerns are many, however large the network is. <see cref="ToGraph"/> verifies.
/// </summary>
public sealed class GraphEditor : IGraphView
{
    private readonly Graph _original;
    private readonly EditedOrder _order = new();
    private readonly Dictionary<string, EditedValue> _values;
    private readonly EditedOutputs _outputs;
    private readonly HashSet<string> _owners;

    // Shapes are inferred when they are asked for: between two edits a layer need not fit.
    private readonly HashSet<EditedNode> _stale = [];
    private bool _edited;

    /// <summary>Begins with the nodes of <paramref name="graph"/>.</summary>
    public GraphEditor(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _original = graph;
        _values = new Dictionary<string, EditedValue>(graph.Nodes.Length);
        _outputs = new EditedOutputs(graph.Results);
        _owners = [.. graph.Nodes.SelectMany(n => n.Owners)];
        Input = graph.Input.Name;
        foreach (Node node in graph.Nodes)
        {
            var added = new EditedNode(node);
            Name(added);
            _order.Append(added);
            Connect(added);
        }
    }

    /// <summary>Name of the node that stands for the example fed in.</summary>
    public string Input { get; }

    /// <summary>The nodes as they are now, in order.</summary>
    public ImmutableArray<Node> Nodes
    {
        get
        {
            Settle();
            return [.. _order.Nodes];
        }
    }

    /// <inheritdoc/>
    public Node this[string name]
    {
        get
        {
            Settle();
            return Find(name).Maker.Node;
        }
    }

    /// <inheritdoc/>
    public bool Contains(string name) => _values.ContainsKey(name);

    /// <inheritdoc/>
    public Shape ShapeOf(string value)
    {
        Settle();
        return Find(value).Shape;
    }

    /// <inheritdoc/>
    public bool IsOutput(string name) => _outputs.Contains(name);

    /// <summary>How many outputs a value stands for.</summary>
    public int Outputs(string name) => _outputs.Count(name);

    /// <inheritdoc/>
    public IReadOnlyList<Node> Consumers(string name)
    {
        Settle();
        return Find(name).ReadersInOrder();
    }

    /// <inheritdoc/>
    public int Reads(string name) => Find(name).Reads;

    /// <inheritdoc/>
    public bool SharesParameters(string name) => Find(name).Maker.Node.Owners.Any() || _owners.Contains(name);

    /// <summary>Puts another layer, with the same inputs, in the place of <paramref name="name"/>.</summary>
    public GraphEditor Replace(string name, Layer layer) => Replace(name, layer, Find(name).Maker.Node.Inputs);

    /// <summary>Puts another layer, with other inputs, in the place of <paramref name="name"/>.</summary>
    public GraphEditor Replace(string name, Layer layer, ImmutableArray<string> inputs)
    {
        EditedNode node = Find(name).Maker;
        Disconnect(node);
        node.Node = node.Node with { Layer = layer, Inputs = inputs };
        Connect(node);
        _stale.Add(node);
        _edited = true;
        return this;
    }

    /// <summary>Inserts a layer that reads what <paramref name="reader"/> read first, and lets the reader read it instead.</summary>
    /// <exception cref="GraphException">There is a layer of this name.</exception>
    public GraphEditor InsertBefore(string reader, string name, Layer layer)
    {
        if (Contains(name))
            throw new GraphException($"Two layers are named '{name}'; give one of them another name.");
        EditedNode place = Find(reader).Maker;
        string input = place.Node.Inputs[0];
        var added = new EditedNode(new Node(name, layer, [input], Find(input).Shape));
        Name(added);
        _order.InsertAfter(added, place.Previous!);
        Connect(added);
        _stale.Add(added);
        return Replace(reader, place.Node.Layer, place.Node.Inputs.SetItem(0, name));
    }

    /// <summary>Removes a layer of one input and one value; whoever read it reads its input instead.</summary>
    public GraphEditor Bypass(string name) => Bypass(name, Find(name).Maker.Node.Inputs[0]);

    /// <summary>Removes a layer of one value; whoever read it reads <paramref name="source"/> instead.</summary>
    public GraphEditor Bypass(string name, string source)
    {
        EditedValue value = Find(name);
        Remove(value.Maker);
        LetRead(value, source);
        _outputs.Move(name, source);
        return this;
    }

    /// <summary>Makes a value the primary output; what was it before stays.</summary>
    public GraphEditor SetPrimaryOutput(string name)
    {
        _outputs.SetPrimary(Find(name).Name);
        _edited = true;
        return this;
    }

    /// <summary>Removes all layers that neither an output nor the network's input needs.</summary>
    public GraphEditor RemoveUnneeded()
    {
        for (EditedNode? node = _order.Last; node is not null; node = node.Previous)
        {
            if (node.Values.All(v => v.Reads == 0 && !IsOutput(v.Name)) && node.Node.Layer is not Graphs.Input)
                Remove(node);
        }

        return this;
    }

    /// <summary>Puts a layer behind another one in the order of computation, if it is not there already.</summary>
    public GraphEditor MoveAfter(string name, string other)
    {
        EditedNode node = Find(name).Maker,
            before = Find(other).Maker;
        if (node.Place < before.Place)
        {
            Disconnect(node);
            _order.Remove(node);
            _order.InsertAfter(node, before);
            Connect(node);
            _edited = true;
        }

        return this;
    }

    /// <summary>Lets <paramref name="reader"/>, the only reader of <paramref name="first"/>, come before it.</summary>
    public GraphEditor SwapWithReader(string first, string reader)
    {
        EditedNode a = Find(first).Maker,
            b = Find(reader).Maker;
        LetRead(b.Values[0], first);
        _outputs.Move(reader, first);
        Replace(reader, b.Node.Layer, a.Node.Inputs);
        Replace(first, a.Node.Layer, [reader]);
        _order.Swap(a, b);
        return this;
    }

    /// <summary>The edited graph; the one that was begun with if there was no edit.</summary>
    /// <exception cref="GraphException">The edits do not make a network.</exception>
    public Graph ToGraph() => _edited ? new Graph(Nodes, _outputs.All) : _original;

    private EditedValue Find(string name) =>
        _values.TryGetValue(name, out EditedValue? value)
            ? value
            : throw new GraphException($"The network has no layer '{name}'.");

    private void Name(EditedNode node)
    {
        foreach (EditedValue value in node.Values)
            _values.Add(value.Name, value);
    }

    private void Remove(EditedNode node)
    {
        Disconnect(node);
        _order.Remove(node);
        foreach (EditedValue value in node.Values)
            _values.Remove(value.Name);
        _stale.Remove(node);
        _edited = true;
    }

    // A reader of thousands of values is not gone through for the one that is another now.
    private void LetRead(EditedValue old, string source)
    {
        EditedValue other = Find(source);
        foreach ((EditedNode reader, int count) in old.TakeReaders())
        {
            reader.Node = reader.Node with { Inputs = Replaced(reader.Node.Inputs, old.Name, source) };
            other.AddReader(reader, count);
            if (other.Shape != old.Shape)
                _stale.Add(reader);
        }
    }

    private static ImmutableArray<string> Replaced(ImmutableArray<string> inputs, string old, string name)
    {
        string[] replaced = [.. inputs];
        for (int i = 0; i < replaced.Length; i++)
        {
            if (replaced[i] == old)
                replaced[i] = name;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(replaced);
    }

    private void Connect(EditedNode node)
    {
        foreach (string input in node.Node.Inputs)
            Find(input).AddReader(node);
    }

    // A source that was removed has nobody left to tell.
    private void Disconnect(EditedNode node)
    {
        foreach (string input in node.Node.Inputs)
            _values.GetValueOrDefault(input)?.RemoveReader(node);
    }

    // In order of computation, and on to the readers of what has another shape now.
    private void Settle()
    {
        if (_stale.Count == 0)
            return;
        var queue = new PriorityQueue<EditedNode, long>(_stale.Select(n => (n, n.Place)));
        while (queue.TryDequeue(out EditedNode? node, out _))
        {
            _stale.Remove(node);
            ImmutableArray<Shape> shapes = LayerShapes.Infer(
                node.Node.Name,
                node.Node.Layer,
                [.. node.Node.Inputs.Select(i => Find(i).Shape)]
            );
            if (shapes.SequenceEqual(node.Node.Shapes))
                continue;
            Give(node, shapes);
            foreach (EditedNode reader in node.Values.SelectMany(v => v.Readers).Where(_stale.Add))
                queue.Enqueue(reader, reader.Place);
        }
    }

    // A layer that is replaced may make another number of values; who reads one that is gone is found out when its shape is asked for.
    private void Give(EditedNode node, ImmutableArray<Shape> shapes)
    {
        for (int i = node.Values.Count - 1; i >= shapes.Length; i--)
        {
            _values.Remove(node.Values[i].Name);
            node.Values.RemoveAt(i);
        }

        node.Node = node.Node with { Shapes = shapes };
        for (int i = node.Values.Count; i < shapes.Length; i++)
        {
            node.Values.Add(new EditedValue(node, i));
            _values.TryAdd(node.Node.Value(i), node.Values[i]);
        }
    }
}
