using System.Collections.Immutable;
using Evenkeel.Layers;

namespace Evenkeel.Graphs;

/// <summary>The few edits that rewrites are made of. Works on a copy; <see cref="ToGraph"/> infers shapes and verifies.</summary>
public sealed class GraphEditor
{
    private readonly List<(string Name, Layer Layer, ImmutableArray<string> Inputs)> _nodes;
    private readonly List<GraphOutput> _outputs;

    /// <summary>Begins with the nodes of <paramref name="graph"/>.</summary>
    public GraphEditor(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _nodes = [.. graph.Nodes.Select(n => (n.Name, n.Layer, n.Inputs))];
        _outputs = [.. graph.Results];
    }

    /// <summary>Puts another layer, with other inputs, in the place of <paramref name="name"/>.</summary>
    public GraphEditor Replace(string name, Layer layer, ImmutableArray<string> inputs)
    {
        _nodes[IndexOf(name)] = (name, layer, inputs);
        return this;
    }

    /// <summary>Inserts a layer that reads what <paramref name="reader"/> read first, and lets the reader read it instead.</summary>
    public GraphEditor InsertBefore(string reader, string name, Layer layer)
    {
        int i = IndexOf(reader);
        (string readerName, Layer readerLayer, ImmutableArray<string> inputs) = _nodes[i];
        _nodes[i] = (readerName, readerLayer, inputs.SetItem(0, name));
        _nodes.Insert(i, (name, layer, [inputs[0]]));
        return this;
    }

    /// <summary>Removes a layer of one input; whoever read it reads its input instead.</summary>
    public GraphEditor Bypass(string name) => Bypass(name, _nodes[IndexOf(name)].Inputs[0]);

    /// <summary>Removes a layer; whoever read it reads <paramref name="source"/> instead.</summary>
    public GraphEditor Bypass(string name, string source)
    {
        int i = IndexOf(name);
        _nodes.RemoveAt(i);
        for (int j = 0; j < _nodes.Count; j++)
        {
            (string n, Layer layer, ImmutableArray<string> inputs) = _nodes[j];
            _nodes[j] = (n, layer, [.. inputs.Select(input => input == name ? source : input)]);
        }

        MoveOutputs(name, source);
        return this;
    }

    /// <summary>Puts a layer behind another one in the order of computation, if it is not there already.</summary>
    public GraphEditor MoveAfter(string name, string other)
    {
        int i = IndexOf(name),
            j = IndexOf(other);
        if (i > j)
            return this;
        (string Name, Layer Layer, ImmutableArray<string> Inputs) node = _nodes[i];
        _nodes.Insert(j + 1, node);
        _nodes.RemoveAt(i);
        return this;
    }

    /// <summary>Lets <paramref name="reader"/>, the only reader of <paramref name="first"/>, come before it.</summary>
    public GraphEditor SwapWithReader(string first, string reader)
    {
        int i = IndexOf(first),
            j = IndexOf(reader);
        (string Name, Layer Layer, ImmutableArray<string> Inputs) a = _nodes[i],
            b = _nodes[j];
        for (int k = 0; k < _nodes.Count; k++)
        {
            if (_nodes[k].Inputs.Contains(reader))
                _nodes[k] = _nodes[k] with { Inputs = [.. _nodes[k].Inputs.Select(n => n == reader ? first : n)] };
        }

        MoveOutputs(reader, first);
        _nodes[i] = (b.Name, b.Layer, a.Inputs);
        _nodes[j] = (a.Name, a.Layer, [b.Name]);
        return this;
    }

    /// <summary>The edited graph.</summary>
    /// <exception cref="GraphException">The edits do not make a network.</exception>
    public Graph ToGraph()
    {
        var shapes = new Dictionary<string, Shape>();
        var nodes = new List<Node>(_nodes.Count);
        foreach ((string name, Layer layer, ImmutableArray<string> inputs) in _nodes)
        {
            Shape shape = LayerShapes.Infer(name, layer, [.. inputs.Select(i => shapes[i])]);
            shapes[name] = shape;
            nodes.Add(new Node(name, layer, inputs, shape));
        }

        return new Graph(nodes, _outputs);
    }

    private void MoveOutputs(string from, string to)
    {
        for (int i = 0; i < _outputs.Count; i++)
            _outputs[i] = _outputs[i].Node == from ? _outputs[i] with { Node = to } : _outputs[i];
    }

    private int IndexOf(string name)
    {
        int i = _nodes.FindIndex(n => n.Name == name);
        return i >= 0 ? i : throw new GraphException($"The network has no layer '{name}'.");
    }
}
