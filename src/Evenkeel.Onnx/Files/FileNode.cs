using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Files;

/// <summary>A node of the file and the version of the operators that it is written in; that of a function may differ from the graph's.</summary>
/// <param name="proto">The message.</param>
/// <param name="opset">The version.</param>
/// <param name="depth">How many calls of functions and branches it lies inside.</param>
internal sealed class FileNode(NodeProto proto, int opset, int depth = 0)
{
    public NodeProto Proto => proto;

    public int Opset => opset;

    public int Depth => depth;

    /// <summary>Its name, or that of its first result.</summary>
    public string Name => Proto.Name.Length > 0 ? Proto.Name : Outputs.FirstOrDefault() ?? Proto.OpType;

    /// <summary>The operator, with its domain unless it is ONNX's own.</summary>
    public string Operator => IsStandard ? Proto.OpType : $"{Proto.Domain}.{Proto.OpType}";

    /// <summary>Whether it is one of ONNX's own operators.</summary>
    public bool IsStandard => Proto.Domain is "" or "ai.onnx";

    /// <summary>Results that have a name.</summary>
    public IEnumerable<string> Outputs => Proto.Output.Where(o => o.Length > 0);

    /// <summary>Everything that it may read, in graphs inside it too.</summary>
    public IEnumerable<string> Reads =>
        Proto
            .Input.Concat(Proto.Attribute.Where(a => a.G is not null).SelectMany(a => Captured(a.G)))
            .Where(i => i.Length > 0);

    /// <summary>The nodes of graphs inside it.</summary>
    public IEnumerable<FileNode> Inner =>
        Proto
            .Attribute.Where(a => a.G is not null)
            .SelectMany(a => a.G.Node)
            .Select(n => new FileNode(n, Opset))
            .SelectMany(n => n.Inner.Prepend(n));

    private static IEnumerable<string> Captured(GraphProto graph) =>
        graph.Node.SelectMany(n => new FileNode(n, 0).Reads).Concat(graph.Output.Select(o => o.Name));
}
