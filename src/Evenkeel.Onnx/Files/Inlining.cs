using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Files;

/// <summary>
/// A body of nodes put in place of the node that stands for it: a function's, or the branch that a condition chooses.
/// </summary>
/// <param name="caller">The node: its name begins those of nodes inside, its first result, which nothing else is called, those of values.</param>
/// <param name="attributes">What the body's attributes that refer to the caller's stand for.</param>
/// <param name="limit">Counts what is made.</param>
internal sealed class Inlining(
    FileNode caller,
    IReadOnlyDictionary<string, AttributeProto> attributes,
    InliningLimit limit
)
{
    private readonly Dictionary<string, string> _names = [];

    /// <summary>Lets a name of the body stand for one outside it; the first such name counts.</summary>
    public void Bind(string inside, string outside) => _names.TryAdd(inside, outside);

    /// <summary>What a name of the body is called outside.</summary>
    public string NameOf(string inside) => _names.GetValueOrDefault(inside, inside);

    /// <summary>Gives a name that is made inside one of its own outside.</summary>
    public string Own(string inside)
    {
        // The last node of a body may stand for nodes itself, which make the same result.
        string depth = caller.Depth > 0 ? $"{caller.Depth}/" : "";
        _names.TryAdd(inside, $"{caller.Outputs.FirstOrDefault() ?? caller.Name}/{depth}{inside}");
        return _names[inside];
    }

    /// <summary>
    /// The body's nodes as they stand outside, and results that are values of other names passed on. They are made when they are asked for,
    /// once.
    /// </summary>
    public IEnumerable<FileNode> Nodes(
        IEnumerable<NodeProto> nodes,
        IEnumerable<(string Inside, string Outside)> passed,
        int opset
    ) =>
        nodes
            .Select(Copy)
            .Concat(passed.Select(p => Through(NameOf(p.Inside), p.Outside)))
            .Select(made => new FileNode(made, opset, caller.Depth + 1));

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
        copy.Name = $"{caller.Name}/{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? node.OpType)}";
        for (int i = 0; i < copy.Output.Count; i++)
            copy.Output[i] = node.Output[i].Length > 0 ? Own(node.Output[i]) : "";
        limit.Count(copy);
        return copy;
    }

    private NodeProto Renamed(NodeProto node)
    {
        var copy = new NodeProto
        {
            Name = node.Name,
            OpType = node.OpType,
            Domain = node.Domain,
            Overload = node.Overload,
        };
        copy.Input.AddRange(node.Input.Select(NameOf));
        copy.Output.AddRange(node.Output);
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (Resolved(attribute) is { } resolved)
                copy.Attribute.Add(resolved);
        }

        return copy;
    }

    // One that the caller does not give is left to the operator's default. What stays as it is, is not copied: it may hold large tensors.
    private AttributeProto? Resolved(AttributeProto attribute)
    {
        if (attribute.RefAttrName.Length == 0)
            return attribute.G is { } inner
                ? new AttributeProto { Name = attribute.Name, G = Renamed(inner) }
                : attribute;
        if (!attributes.TryGetValue(attribute.RefAttrName, out AttributeProto? given) || given.Name == attribute.Name)
            return given;
        limit.Count(given);
        AttributeProto resolved = given.Clone();
        resolved.Name = attribute.Name;
        return resolved;
    }

    private GraphProto Renamed(GraphProto graph)
    {
        limit.Count(graph);
        GraphProto copy = graph.Clone();
        copy.Node.Clear();
        copy.Node.AddRange(graph.Node.Select(Renamed));
        foreach (ValueInfoProto output in copy.Output)
            output.Name = NameOf(output.Name);
        return copy;
    }
}
