using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Import;

/// <summary>
/// A body of nodes put in the place of the node that stands for it: a function's, or the branch that a condition chooses.
/// </summary>
/// <param name="place">The node: its name begins those of nodes inside, its first result, which nothing else is called, those of values.</param>
/// <param name="attributes">What the body's attributes that refer to the caller's stand for.</param>
internal sealed class Inlining(FileNode place, IReadOnlyDictionary<string, AttributeProto> attributes)
{
    private readonly Dictionary<string, string> _names = [];

    /// <summary>Lets a name of the body stand for one outside it; the first such name counts.</summary>
    public void Bind(string inside, string outside) => _names.TryAdd(inside, outside);

    /// <summary>What a name of the body is called outside.</summary>
    public string NameOf(string inside) => _names.GetValueOrDefault(inside, inside);

    /// <summary>Gives a name that is made inside one of its own outside.</summary>
    public string Own(string inside)
    {
        _names.TryAdd(inside, $"{place.Outputs.FirstOrDefault() ?? place.Name}/{inside}");
        return _names[inside];
    }

    /// <summary>The body's nodes as they stand outside, and results that are values of other names passed on.</summary>
    public IReadOnlyList<FileNode> Nodes(
        IEnumerable<NodeProto> nodes,
        IEnumerable<(string Inside, string Outside)> passed,
        int opset
    ) =>
        [
            .. nodes.Select(n => new FileNode(Copy(n), opset)),
            .. passed.Select(p => new FileNode(Through(NameOf(p.Inside), p.Outside), opset)),
        ];

    private static NodeProto Through(string from, string to)
    {
        var node = new NodeProto { OpType = "Identity", Name = to };
        node.Input.Add(from);
        node.Output.Add(to);
        return node;
    }

    private NodeProto Copy(NodeProto node)
    {
        NodeProto copy = Renamed(node);
        copy.Name = $"{place.Name}/{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? node.OpType)}";
        for (int i = 0; i < copy.Output.Count; i++)
            copy.Output[i] = node.Output[i].Length > 0 ? Own(node.Output[i]) : "";
        return copy;
    }

    private NodeProto Renamed(NodeProto node)
    {
        NodeProto copy = node.Clone();
        for (int i = 0; i < copy.Input.Count; i++)
            copy.Input[i] = NameOf(copy.Input[i]);
        copy.Attribute.Clear();
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (Resolved(attribute) is { } resolved)
                copy.Attribute.Add(resolved);
        }

        return copy;
    }

    // One that the caller does not give is left to the operator's default.
    private AttributeProto? Resolved(AttributeProto attribute)
    {
        AttributeProto resolved;
        if (attribute.RefAttrName.Length == 0)
            resolved = attribute.Clone();
        else if (attributes.TryGetValue(attribute.RefAttrName, out AttributeProto? given))
            (resolved = given.Clone()).Name = attribute.Name;
        else
            return null;
        if (attribute.G is { } inner)
            resolved.G = Renamed(inner);
        return resolved;
    }

    private GraphProto Renamed(GraphProto graph)
    {
        GraphProto copy = graph.Clone();
        copy.Node.Clear();
        copy.Node.AddRange(graph.Node.Select(Renamed));
        foreach (ValueInfoProto output in copy.Output)
            output.Name = NameOf(output.Name);
        return copy;
    }
}
