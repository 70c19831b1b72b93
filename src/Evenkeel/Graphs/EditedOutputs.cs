namespace Evenkeel.Graphs;

/// <summary>The outputs of a graph that is being edited, and which of them each node stands for.</summary>
internal sealed class EditedOutputs
{
    private readonly List<GraphOutput> _outputs;
    private readonly Dictionary<string, List<int>> _places = [];

    public EditedOutputs(IEnumerable<GraphOutput> outputs)
    {
        _outputs = [.. outputs];
        for (int i = 0; i < _outputs.Count; i++)
            Places(_outputs[i].Node).Add(i);
    }

    public IReadOnlyList<GraphOutput> All => _outputs;

    public bool Contains(string node) => _places.ContainsKey(node);

    /// <summary>How many outputs a node stands for.</summary>
    public int Count(string node) => _places.TryGetValue(node, out List<int>? places) ? places.Count : 0;

    /// <summary>Lets a node stand for the primary output, which is called after it from now on.</summary>
    public void SetPrimary(string node)
    {
        string old = _outputs[0].Node;
        if (Places(old).Remove(0) && Places(old).Count == 0)
            _places.Remove(old);
        _outputs[0] = new GraphOutput(node);
        Places(node).Add(0);
    }

    /// <summary>Lets a node stand for all outputs that another one stands for.</summary>
    public void Move(string from, string to)
    {
        if (!_places.Remove(from, out List<int>? places))
            return;
        foreach (int i in places)
            _outputs[i] = _outputs[i] with { Node = to };
        Places(to).AddRange(places);
    }

    private List<int> Places(string node)
    {
        if (!_places.TryGetValue(node, out List<int>? places))
            _places[node] = places = [];
        return places;
    }
}
