using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Constants cut, joined and given other dimensions.</summary>
internal static class ShapeFolding
{
    public static ConstantTensor Cast(NodeImport node, ConstantTensor a) =>
        To((TensorType)node.Int("to", (long)TensorType.Float), a);

    public static ConstantTensor CastLike(NodeImport node, ConstantTensor a) =>
        To(node.Constant(1).IsInteger ? TensorType.Int64 : TensorType.Float, a);

    private static ConstantTensor To(TensorType type, ConstantTensor a) =>
        type == TensorType.Bool
            ? new(
                a.IsInteger ? Array.ConvertAll(a.Integers, Truth) : Array.ConvertAll(a.Floats, v => v != 0 ? 1L : 0),
                a.Dimensions
            )
        : TensorTypes.IsFloat(type) == !a.IsInteger ? a
        : TensorTypes.IsFloat(type) ? new(a.Floats, a.Dimensions)
        : new(Array.ConvertAll(a.Floats, v => (long)v), a.Dimensions);

    // The size of the batch is above 0.
    private static long Truth(long value) => value != 0 ? 1 : 0;

    public static ConstantTensor Shape(NodeImport node, ConstantTensor a)
    {
        long[] part = ShapeImport.Part(node, a.Dimensions);
        return new(part, part.Length);
    }

    public static ConstantTensor Reshape(NodeImport node, ConstantTensor a)
    {
        long[] target = node.IntsOrInput("shape", 1) ?? throw new UnsupportedException("the shape to make is missing");
        target = [.. target.Select((t, axis) => t == 0 && axis < a.Rank ? a.Dimensions[axis] : t)];
        long known = ConstantTensor.Product([.. target.Where(t => t >= 0)]);
        long[] dimensions = [.. target.Select(t => t == -1 && known > 0 ? a.Count / known : t)];
        return dimensions.All(d => d >= 0) && ConstantTensor.Product(dimensions) == a.Count
            ? a.Reshaped(dimensions)
            : throw new UnsupportedException($"{a} cannot become [{string.Join(", ", target)}]");
    }

    public static ConstantTensor Squeeze(NodeImport node, ConstantTensor a)
    {
        long[]? given = node.IntsOrInput("axes", 1);
        int[] axes = given is null
            ? [.. Enumerable.Range(0, a.Rank).Where(i => a.Dimensions[i] == 1)]
            : [.. given.Select(i => Axis.FromFront(i, a.Rank))];
        return axes.All(i => a.Dimensions[i] == 1)
            ? a.Reshaped([.. a.Dimensions.Where((_, i) => !axes.Contains(i))])
            : throw new UnsupportedException($"axes [{string.Join(", ", axes)}] of {a} are not of length 1");
    }

    public static ConstantTensor Unsqueeze(NodeImport node, ConstantTensor a)
    {
        long[] given = node.IntsOrInput("axes", 1) ?? throw new UnsupportedException("axes is missing");
        int rank = a.Rank + given.Length;
        HashSet<int> axes = [.. given.Select(i => Axis.FromFront(i, rank))];
        if (axes.Count != given.Length)
            throw new UnsupportedException("an axis is repeated");
        var rest = new Queue<long>(a.Dimensions);
        return a.Reshaped([.. Enumerable.Range(0, rank).Select(i => axes.Contains(i) ? 1 : rest.Dequeue())]);
    }

    public static ConstantTensor Flatten(NodeImport node, ConstantTensor a)
    {
        long axis = node.Int("axis", 1);
        axis = axis < 0 ? axis + a.Rank : axis;
        if (axis < 0 || axis > a.Rank)
            throw new UnsupportedException($"axis {axis} is outside {a}");
        long rows = ConstantTensor.Product(a.Dimensions.AsSpan(0, (int)axis));
        return a.Reshaped(rows, rows == 0 ? 0 : a.Count / rows);
    }

    public static ConstantTensor Size(NodeImport node, ConstantTensor a) => new([(long)a.Count]);

    public static ConstantTensor Transpose(NodeImport node, ConstantTensor a) =>
        Ordered(a, TransposeImport.Order(node, a.Rank, a));

    /// <summary>A tensor with its dimensions in another order.</summary>
    public static ConstantTensor Ordered(ConstantTensor a, int[] order)
    {
        long[] strides = Broadcasting.Strides(a.Dimensions),
            dimensions = [.. order.Select(i => a.Dimensions[i])];
        return a.Taken(Broadcasting.Offsets(dimensions, [.. order.Select(i => strides[i])]), dimensions);
    }
}
