using System.Collections.Immutable;
using Evenkeel.Graphs;

namespace Evenkeel.Testing.Networks;

/// <summary>A network while it is drawn: the values so far, and the one that the next layer reads.</summary>
public sealed class NetworkDraft
{
    // Small enough for an interpreter that takes one value at a time.
    private const int MostValues = 500;
    private readonly List<Node> _nodes;
    private string _last;

    /// <summary>Begins with an input.</summary>
    public NetworkDraft(string input, Shape shape)
    {
        _nodes = [new Node(input, new Input(shape), [], shape)];
        _last = input;
    }

    /// <summary>The nodes so far, each behind what it reads.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The value that the next layer reads.</summary>
    public Node Last => _nodes.Find(n => n.Name == _last)!;

    /// <summary>Makes an earlier value the one that the next layer reads.</summary>
    public void Return(string name) => _last = name;

    /// <summary>Appends a layer that reads the last value, or the values named; what it makes is the last value then.</summary>
    /// <exception cref="ArgumentException">It does not fit, or makes too many values.</exception>
    public Node Append(Layer layer, params string[] inputs)
    {
        string[] reads = inputs.Length == 0 ? [_last] : inputs;
        ImmutableArray<Shape> shapes = layer.InferShapes([.. reads.Select(ShapeOf)]);
        if (shapes.Any(shape => shape.Count > MostValues))
            throw new ArgumentException($"{shapes[0]} is too large");
        // Scopes, as networks of blocks have them.
        string scope = _nodes.Count % 4 == 3 ? "block." : "";
        var node = new Node($"{scope}{layer.Kind}{_nodes.Count}", layer, [.. reads], shapes);
        _nodes.Add(node);
        _last = node.Name;
        return node;
    }

    private Shape ShapeOf(string value)
    {
        Node maker = _nodes.Find(n => n.Values.Contains(value))!;
        return maker.Shapes[maker.Values.ToList().IndexOf(value)];
    }

    /// <summary>Runs a choice; if a layer of it does not fit the values there are, nothing has happened.</summary>
    public bool TryAppend(Action<NetworkDraft> choice)
    {
        (int count, string last) = (_nodes.Count, _last);
        try
        {
            choice(this);
            return true;
        }
        catch (ArgumentException)
        {
            _nodes.RemoveRange(count, _nodes.Count - count);
            _last = last;
            return false;
        }
    }
}
