using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>Constants cut, joined and given other dimensions.</summary>
internal static class ShapeFolding
{
    public static ConstantTensor Cast(NodeImport node, ConstantTensor a)
    {
        bool toFloat = TensorTypes.IsFloat((TensorType)node.Int("to", 1));
        return toFloat == !a.IsInteger ? a
            : toFloat ? new ConstantTensor(a.Floats, a.Dimensions)
            : new ConstantTensor(Array.ConvertAll(a.Floats, v => (long)v), a.Dimensions);
    }

    public static ConstantTensor Shape(NodeImport node, ConstantTensor a) => new(a.Dimensions, a.Rank);

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
            : [.. given.Select(i => SoftmaxImport.Axis(i, a.Rank))];
        return axes.All(i => a.Dimensions[i] == 1)
            ? a.Reshaped([.. a.Dimensions.Where((_, i) => !axes.Contains(i))])
            : throw new UnsupportedException($"axes [{string.Join(", ", axes)}] of {a} are not of length 1");
    }

    public static ConstantTensor Unsqueeze(NodeImport node, ConstantTensor a)
    {
        long[] given = node.IntsOrInput("axes", 1) ?? throw new UnsupportedException("axes is missing");
        int rank = a.Rank + given.Length;
        HashSet<int> axes = [.. given.Select(i => SoftmaxImport.Axis(i, rank))];
        if (axes.Count != given.Length)
            throw new UnsupportedException("an axis stands there twice");
        var rest = new Queue<long>(a.Dimensions);
        return a.Reshaped([.. Enumerable.Range(0, rank).Select(i => axes.Contains(i) ? 1 : rest.Dequeue())]);
    }

    public static ConstantTensor Concat(NodeImport node, ConstantTensor a)
    {
        ConstantTensor[] parts = [.. Enumerable.Range(0, node.InputCount).Select(node.Constant)];
        if (SoftmaxImport.Axis(node.Int("axis", 0), a.Rank) != 0 || parts.Any(p => p.Rank != 1))
            throw new UnsupportedException("constants are joined in one dimension only");
        long count = parts.Sum(p => (long)p.Count);
        ConstantFolding.Limit(node, count);
        return parts.All(p => p.IsInteger)
            ? new ConstantTensor([.. parts.SelectMany(p => p.Integers)], count)
            : new ConstantTensor([.. parts.SelectMany(p => p.Floats)], count);
    }

    public static ConstantTensor Gather(NodeImport node, ConstantTensor a)
    {
        ConstantTensor indices = node.Constant(1);
        if (a.Rank != 1 || SoftmaxImport.Axis(node.Int("axis", 0), a.Rank) != 0)
            throw new UnsupportedException("values are taken from constants of one dimension only");
        ConstantFolding.Limit(node, indices.Count);
        int[] places = [.. indices.Integers.Select(i => SoftmaxImport.Axis(i, a.Count))];
        return a.Taken(places, indices.Dimensions);
    }

    public static ConstantTensor Transpose(NodeImport node, ConstantTensor a)
    {
        long[] order = node.Ints("perm") ?? [.. Enumerable.Range(0, a.Rank).Reverse().Select(i => (long)i)];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, a.Rank).Select(i => (long)i)))
            throw new UnsupportedException($"perm [{string.Join(", ", order)}] is no order of the dimensions of {a}");
        long[] strides = new long[a.Rank];
        for (int axis = a.Rank - 1, stride = 1; axis >= 0; stride *= (int)a.Dimensions[axis], axis--)
            strides[axis] = stride;
        long[] dimensions = [.. order.Select(i => a.Dimensions[i])];
        int[] places = new int[a.Count];
        for (int i = 0; i < places.Length; i++)
        {
            long place = 0,
                rest = i;
            for (int axis = a.Rank - 1; axis >= 0; axis--)
            {
                (rest, long index) = Math.DivRem(rest, dimensions[axis]);
                place += index * strides[order[axis]];
            }

            places[i] = (int)place;
        }

        return a.Taken(places, dimensions);
    }
}
