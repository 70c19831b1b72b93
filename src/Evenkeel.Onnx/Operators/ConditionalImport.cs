using Evenkeel.Onnx.Construction;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Operators;

/// <summary>If: the branch of a condition that is known while importing takes the node's place.</summary>
internal static class ConditionalImport
{
    public const string NotKnown =
        "its condition is computed from the input; only a condition that is known during import is supported";

    /// <summary>The branch that is taken; null if the node is no If.</summary>
    /// <exception cref="UnsupportedException">The condition is computed from the input.</exception>
    public static GraphProto? Branch(NodeImport node)
    {
        if (node.Operator != "If")
            return null;
        if (node.Get(0) is not Constant { Tensor: { Count: 1 } condition })
            throw new UnsupportedException(NotKnown);
        string branch = condition.Floats[0] != 0 ? "then_branch" : "else_branch";
        return node.Graph(branch) ?? throw new UnsupportedException($"its {branch} is missing");
    }
}
