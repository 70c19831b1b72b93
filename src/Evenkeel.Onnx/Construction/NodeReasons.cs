namespace Evenkeel.Onnx.Construction;

/// <summary>What is to be said of nodes, in the order of the file: nodes of one operator with the same to be said make one sentence.</summary>
internal sealed class NodeReasons
{
    // A network of hundreds of layers must not hide what is said of them.
    private const int MaxNames = 12;

    // Nor must a file of which each node is another case.
    private const int MaxSentences = 20;

    private readonly List<(string Operator, string Reason, List<string> Nodes)> _groups = [];
    private readonly Dictionary<(string Operator, string Reason), List<string>> _nodes = [];

    /// <summary>One sentence for each operator and reason, and for what is said of the file.</summary>
    public IReadOnlyList<string> Sentences =>
        [
            .. _groups.Take(MaxSentences).Select(g => $"{Heading(g.Operator, g.Nodes)}{g.Reason}."),
            .. Rest(_groups.Count - MaxSentences),
        ];

    /// <summary>Says something of the file as a whole.</summary>
    public void Add(string sentence) => _groups.Add(("", sentence.TrimEnd('.'), []));

    public void Add(string operation, string node, string reason)
    {
        if (!_nodes.TryGetValue((operation, reason), out List<string>? nodes))
        {
            _nodes[(operation, reason)] = nodes = [];
            _groups.Add((operation, reason, nodes));
        }

        nodes.Add(node);
    }

    private static IEnumerable<string> Rest(int more) =>
        more > 0 ? [$"{more} more operators or cases are not supported."] : [];

    private static string Heading(string operation, List<string> nodes)
    {
        if (nodes.Count == 0)
            return "";
        string names = string.Join(", ", nodes.Take(MaxNames).Select(n => $"'{n}'"));
        string rest = nodes.Count > MaxNames ? $" and {nodes.Count - MaxNames} more" : "";
        return nodes.Count == 1 ? $"{operation} {names}: " : $"{nodes.Count} {operation} ({names}{rest}): ";
    }
}
