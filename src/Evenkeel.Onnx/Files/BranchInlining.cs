using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Files;

/// <summary>The branch of an If whose condition is known, put in the node's place.</summary>
internal static class BranchInlining
{
    /// <summary>The branch's nodes, and its constants by the name that they get.</summary>
    public static (IEnumerable<FileNode> Nodes, IReadOnlyList<TensorProto> Constants) Run(
        FileNode node,
        GraphProto branch,
        InliningLimit limit
    )
    {
        var body = new Inlining(node, new Dictionary<string, AttributeProto>(), limit);
        HashSet<string> made = [.. branch.Node.SelectMany(n => n.Output).Where(o => o.Length > 0)];
        var passed = new List<(string Inside, string Outside)>();
        for (int i = 0; i < node.Proto.Output.Count && i < branch.Output.Count; i++)
        {
            (string inside, string outside) = (branch.Output[i].Name, node.Proto.Output[i]);
            if (outside.Length == 0)
                continue;
            // One value may be several results, a constant, or a value from outside.
            if (made.Remove(inside))
                body.Bind(inside, outside);
            else
                passed.Add((inside, outside));
        }

        var constants = new List<TensorProto>();
        foreach (TensorProto constant in branch.Initializer)
        {
            TensorProto copy = constant.Clone();
            copy.Name = body.Own(constant.Name);
            constants.Add(copy);
        }

        return (body.Nodes(branch.Node, passed, node.Opset), constants);
    }
}
