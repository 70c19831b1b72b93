using Evenkeel.Onnx.Construction;
using Evenkeel.Onnx.Files;
using Evenkeel.Onnx.Operators;

namespace Evenkeel.Onnx.Import;

/// <summary>Everything that keeps a file from being imported, collected to be told at once.</summary>
internal sealed class Refusal
{
    private readonly List<string> _reasons = [];
    private readonly List<(FileNode Outer, FileNode Node, string Reason)> _nodes = [];

    /// <summary>Something about the file as a whole.</summary>
    public void Add(string reason) => _reasons.Add(reason.TrimEnd('.'));

    /// <summary>A node.</summary>
    public void Add(FileNode node, string reason) => Add(node, node, reason);

    /// <summary>A node inside a graph of another node.</summary>
    public void Add(FileNode outer, FileNode node, string reason) => _nodes.Add((outer, node, reason));

    /// <summary>The sentence that refuses the file, or null if nothing stands in the way.</summary>
    /// <param name="matters">Whether the outputs depend on a node.</param>
    /// <param name="before">A value before a node that can be imported; null if there is none.</param>
    public string? Sentence(Func<FileNode, bool> matters, Func<FileNode, string?> before)
    {
        var relevant = _nodes.Where(n => matters(n.Outer)).ToArray();
        if (_reasons.Count == 0 && relevant.Length == 0)
            return null;
        var groups = new NodeReasons();
        foreach ((_, FileNode node, string reason) in relevant)
        {
            if (UnsupportedOperators.IsQuantized(node))
                groups.Add("quantised", $"{node.Operator} {node.Name}", reason);
            else
                groups.Add(node.Operator, node.Name, reason);
        }

        string nodes = string.Join("; ", groups.Sentences.Select(s => s.TrimEnd('.')));
        string listed = relevant.Length switch
        {
            0 => "",
            1 => $"one node cannot be imported: {nodes}",
            var count => $"{count} nodes cannot be imported: {nodes}",
        };
        string remedy = relevant.Select(n => before(n.Outer)).FirstOrDefault(b => b is not null) is { } value
            ? $". Export the model without {(relevant.Length == 1 ? "it, or take the values before it" : "them, or take the values before them")} as output: {value}"
            : "";
        return string.Join("; ", _reasons.Append(listed).Where(part => part.Length > 0)) + remedy;
    }
}
