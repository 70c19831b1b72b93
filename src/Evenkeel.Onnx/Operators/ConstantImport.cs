using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Operators that make constants.</summary>
internal static class ConstantImport
{
    public static Value Constant(NodeImport node)
    {
        ConstantTensor tensor =
            node.Tensor("value")
            ?? Numbers(node)
            ?? throw new UnsupportedException("a constant of numbers is expected; sparse ones and texts are not read");
        return new Constant(tensor);
    }

    private static ConstantTensor? Numbers(NodeImport node)
    {
        if (node.HasAttribute("value_float"))
            return new ConstantTensor([node.Float("value_float", 0)]);
        if (node.HasAttribute("value_int"))
            return new ConstantTensor([node.Int("value_int", 0)]);
        if (node.Floats("value_floats") is { Length: > 0 } floats)
            return new ConstantTensor(floats, floats.Length);
        return node.Ints("value_ints") is { Length: > 0 } integers
            ? new ConstantTensor(integers, integers.Length)
            : null;
    }
}
