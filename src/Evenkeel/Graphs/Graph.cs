using System.Collections.Immutable;
using Evenkeel.Layers;

namespace Evenkeel.Graphs;

/// <summary>
/// An immutable network: nodes in an order in which each follows what it reads, one input and one output. Everything done
/// to a network (inserting batch normalisation, fusing, folding) makes a new graph from an old one.
/// </summary>
public sealed class Graph
{
    private readonly Dictionary<string, int> _index;

    /// <summary>Makes and verifies a graph.</summary>
    /// <exception cref="GraphException">The nodes are not a network; the message says which and why.</exception>
    public Graph(IEnumerable<Node> nodes, string output)
    {
        Nodes = [.. nodes];
        OutputName = output;
        _index = [];
        for (int i = 0; i < Nodes.Length; i++)
        {
            if (!_index.TryAdd(Nodes[i].Name, i))
                throw new GraphException($"Two layers are named '{Nodes[i].Name}'; give one of them another name.");
        }

        GraphVerifier.Verify(this);
    }

    /// <summary>All nodes; each one follows the nodes it reads.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>Name of the node whose value is the network's output.</summary>
    public string OutputName { get; }

    /// <summary>The node that stands for the example fed in.</summary>
    public Node Input => Nodes[0];

    /// <summary>The node whose value is the network's output.</summary>
    public Node Output => this[OutputName];

    /// <summary>The node of a name.</summary>
    /// <exception cref="GraphException">There is no such node.</exception>
    public Node this[string name] =>
        _index.TryGetValue(name, out int i)
            ? Nodes[i]
            : throw new GraphException(
                $"The network has no layer '{name}'; it has {string.Join(", ", Nodes.Select(n => n.Name))}."
            );

    /// <summary>Whether a node of this name exists.</summary>
    public bool Contains(string name) => _index.ContainsKey(name);

    /// <summary>The nodes that read the value of <paramref name="name"/>.</summary>
    public IEnumerable<Node> Consumers(string name) => Nodes.Where(n => n.Inputs.Contains(name));

    /// <summary>The shapes that a node reads.</summary>
    public Shape[] InputShapes(Node node) => [.. node.Inputs.Select(name => this[name].Shape)];

    /// <summary>Every parameter and state tensor of the network, in node order, with full names.</summary>
    public IEnumerable<NamedTensor> Tensors() =>
        Nodes.SelectMany(node =>
            node.Layer.Tensors(InputShapes(node)).Select(spec => new NamedTensor(node.Name, spec))
        );

    /// <summary>
    /// A graph in which the node <paramref name="name"/> is replaced by another of the same name and place; shapes are inferred again.
    /// </summary>
    public Graph Replace(string name, Layer layer)
    {
        Node old = this[name];
        return new GraphEditor(this).Replace(name, layer, old.Inputs).ToGraph();
    }

    /// <summary>An unused name of the form <paramref name="stem"/> and a number.</summary>
    public string UnusedName(string stem)
    {
        int i = 1;
        while (Contains($"{stem}{i}"))
            i++;
        return $"{stem}{i}";
    }
}
