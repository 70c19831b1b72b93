namespace Evenkeel.Graphs;

/// <summary>Who reads each value of a graph, found in one pass.</summary>
internal sealed class GraphReaders
{
    private readonly Dictionary<string, List<Node>> _nodes = [];
    private readonly Dictionary<string, int> _reads = [];

    public GraphReaders(Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            foreach (string input in node.Inputs)
                Add(input, node);
        }
    }

    public IReadOnlyList<Node> Of(string name) => _nodes.TryGetValue(name, out List<Node>? nodes) ? nodes : [];

    public int Reads(string name) => _reads.GetValueOrDefault(name);

    // Nodes come in order, so one that reads a value again is the last that was added.
    private void Add(string input, Node node)
    {
        _reads[input] = Reads(input) + 1;
        if (!_nodes.TryGetValue(input, out List<Node>? nodes))
            _nodes[input] = nodes = [];
        if (nodes.Count == 0 || !ReferenceEquals(nodes[^1], node))
            nodes.Add(node);
    }
}
