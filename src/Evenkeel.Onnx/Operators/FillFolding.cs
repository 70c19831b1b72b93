namespace Evenkeel.Onnx.Operators;

/// <summary>Constants made by counting and by repeating: Range, ConstantOfShape, Expand, Tile, NonZero.</summary>
internal static class FillFolding
{
    public static ConstantTensor Range(NodeImport node, ConstantTensor start)
    {
        ConstantTensor limit = node.Constant(1),
            step = node.Constant(2);
        if (start.Integers.Concat(limit.Integers).Concat(step.Integers).Contains(ConstantTensor.BatchSize))
            throw new UnsupportedException("it counts the examples of the batch");
        double first = start.Scalar,
            by = step.Scalar;
        if (by == 0)
            throw new UnsupportedException("it counts in steps of 0");
        double count = Math.Max(0, Math.Ceiling((limit.Scalar - first) / by));
        ConstantFolding.Limit(node, (long)Math.Min(count, long.MaxValue / 2));
        int[] indices = [.. Enumerable.Range(0, (int)count)];
        return start.IsInteger && limit.IsInteger && step.IsInteger
            ? new ConstantTensor(
                Array.ConvertAll(indices, i => start.Integers[0] + (i * step.Integers[0])),
                indices.Length
            )
            : new ConstantTensor(Array.ConvertAll(indices, i => (float)(first + (i * by))), indices.Length);
    }

    public static ConstantTensor OfShape(NodeImport node, ConstantTensor shape)
    {
        long[] dimensions = Sizes(shape);
        ConstantTensor value = node.Tensor("value") ?? new ConstantTensor([0f], 1);
        ConstantFolding.Limit(node, ConstantTensor.Product(dimensions));
        return value.Taken(new int[(int)ConstantTensor.Product(dimensions)], dimensions);
    }

    public static ConstantTensor Expand(NodeImport node, ConstantTensor a)
    {
        long[] shape = Broadcasting.Shape([a.Dimensions, Sizes(node.Constant(1))]);
        ConstantFolding.Limit(node, ConstantTensor.Product(shape));
        return Broadcasting.To(a, shape);
    }

    public static ConstantTensor Tile(NodeImport node, ConstantTensor a)
    {
        long[] repeats = Sizes(node.Constant(1));
        if (repeats.Length != a.Rank)
            throw new UnsupportedException($"{repeats.Length} repeats do not fit {a}");
        // [2, 3] repeated [r, s] times is [r, 2, s, 3] with the repeats as dimensions of length 1 that are broadcast.
        long[] apart = [.. a.Dimensions.SelectMany(d => (long[])[1, d])];
        long[] expanded = [.. a.Dimensions.Zip(repeats).SelectMany(p => (long[])[p.Second, p.First])];
        ConstantFolding.Limit(node, ConstantTensor.Product(expanded));
        return Broadcasting.To(a.Reshaped(apart), expanded).Reshaped([.. a.Dimensions.Zip(repeats, (d, r) => d * r)]);
    }

    /// <summary>The indices of values that are not 0, one row for each dimension.</summary>
    public static ConstantTensor NonZero(NodeImport node, ConstantTensor a)
    {
        int[] found = [.. Enumerable.Range(0, a.Count).Where(i => a.IsInteger ? a.Integers[i] != 0 : a.Floats[i] != 0)];
        ConstantFolding.Limit(node, (long)found.Length * a.Rank);
        var indices = new List<long>();
        long stride = a.Count;
        foreach (long length in a.Dimensions)
        {
            stride /= Math.Max(length, 1);
            indices.AddRange(found.Select(p => p / stride % length));
        }

        return new ConstantTensor([.. indices], a.Rank, found.Length);
    }

    private static long[] Sizes(ConstantTensor sizes) =>
        sizes.Integers.Contains(ConstantTensor.BatchSize)
            ? throw new UnsupportedException("it makes a constant of as many values as there are examples")
            : sizes.Integers;
}
