using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Files;

/// <summary>Puts the bodies of a file's local functions in the place of the nodes that call them.</summary>
internal sealed class FunctionInlining
{
    private const int DeepestCall = 100;

    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> _functions = [];
    private readonly InliningLimit _limit;

    public FunctionInlining(ModelProto model, InliningLimit limit)
    {
        _limit = limit;
        foreach (FunctionProto function in model.Functions)
            _functions[(function.Domain, function.Name, function.Overload)] = function;
    }

    /// <summary>The same nodes, in order, none of which calls a local function.</summary>
    /// <exception cref="OnnxException">There are too many, or functions call each other without end.</exception>
    public IReadOnlyList<FileNode> Expand(IEnumerable<FileNode> nodes)
    {
        var expanded = new List<FileNode>();
        foreach (FileNode node in nodes)
            Add(expanded, node);
        return expanded;
    }

    private void Add(List<FileNode> to, FileNode node)
    {
        _limit.CountNode();
        NodeProto proto = node.Proto;
        if (_functions.TryGetValue((proto.Domain, proto.OpType, proto.Overload), out FunctionProto? function))
        {
            if (node.Depth >= DeepestCall)
                throw new OnnxException($"The function '{proto.OpType}' calls functions more than {DeepestCall} deep.");
            foreach (FileNode inner in Body(node, function))
                Add(to, inner);
            return;
        }

        to.Add(node);
    }

    private IEnumerable<FileNode> Body(FileNode call, FunctionProto function)
    {
        var attributes = new Dictionary<string, AttributeProto>();
        foreach (AttributeProto attribute in function.AttributeProto.Concat(call.Proto.Attribute))
            attributes[attribute.Name] = attribute;
        var body = new Inlining(call, attributes, _limit);
        for (int i = 0; i < function.Input.Count; i++)
            body.Bind(function.Input[i], i < call.Proto.Input.Count ? call.Proto.Input[i] : "");
        HashSet<string> taken = [.. function.Input];
        var passed = new List<(string Inside, string Outside)>();
        foreach (
            (string inside, string outside) in function.Output.Zip(call.Proto.Output).Where(p => p.Second.Length > 0)
        )
        {
            // One value may be several results, or an input.
            if (taken.Add(inside))
                body.Bind(inside, outside);
            else
                passed.Add((inside, outside));
        }

        int opset = OpsetImport.Of(function.OpsetImport) ?? call.Opset;
        return body.Nodes(function.Node, passed, opset);
    }
}
