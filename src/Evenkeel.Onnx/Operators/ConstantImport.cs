using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Operators that make constants, the same for every example of a batch among them.</summary>
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

    /// <summary>One number repeated to a shape that the batch is a dimension of.</summary>
    public static Value OfShape(NodeImport node) =>
        Repeated(node, node.Tensor("value") ?? new ConstantTensor([0f], 1), node.Constant(0).Integers);

    /// <summary>A constant repeated to a shape that the batch is a dimension of.</summary>
    public static ComputedValue Repeated(NodeImport node, ConstantTensor constant, long[] shape)
    {
        int rank = Math.Max(shape.Length, constant.Rank);
        shape = [.. Enumerable.Repeat(1L, rank - shape.Length), .. shape];
        long[] own = [.. Enumerable.Repeat(1L, rank - constant.Rank), .. constant.Dimensions];
        int batch = Array.IndexOf(shape, ConstantTensor.BatchSize);
        if (batch < 0 || own[batch] != 1 || shape.Where((d, axis) => axis != batch && d < 1).Any())
            throw new UnsupportedException($"{constant} would be another constant for each example of the batch");
        own = [.. own.Where((_, axis) => axis != batch)];
        long[] target = Broadcasting.Shape([own, [.. shape.Where((_, axis) => axis != batch)]]);
        ConstantFolding.Limit(node, ConstantTensor.Product(target));
        float[] values = Broadcasting.To(constant.Reshaped(own), target).Floats;
        return node.Network.Repeated(node.OwnName, values, [.. target.Select(d => (int)d)]) with { BatchAxis = batch };
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
