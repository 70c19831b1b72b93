using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Constants joined, parted, and taken out by index: Concat, Split, Gather.</summary>
internal static class JoinFolding
{
    public static ConstantTensor Concat(NodeImport node, ConstantTensor a)
    {
        ConstantTensor[] parts = [.. Enumerable.Range(0, node.InputCount).Select(node.Constant)];
        int axis = Axis.FromFront(node.Int("axis", 0), a.Rank);
        long[] Without(ConstantTensor p) => [.. p.Dimensions.Where((_, i) => i != axis)];
        if (parts.Any(p => p.Rank != a.Rank || !Without(p).SequenceEqual(Without(a))))
            throw new UnsupportedException(
                $"constants of {string.Join(" and ", parts.Select(p => $"{p}"))} cannot be joined along axis {axis}"
            );
        long[] dimensions = [.. a.Dimensions];
        dimensions[axis] = parts.Sum(p => p.Dimensions[axis]);
        ConstantFolding.Limit(node, ConstantTensor.Product(dimensions));
        int outer = (int)ConstantTensor.Product(dimensions.AsSpan(0, axis));
        return parts.All(p => p.IsInteger)
            ? new ConstantTensor(Interleaved(parts, outer, p => p.Integers), dimensions)
            : new ConstantTensor(Interleaved(parts, outer, p => p.Floats), dimensions);
    }

    public static ConstantTensor[] Split(NodeImport node, ConstantTensor a)
    {
        int axis = Axis.FromFront(node.Int("axis", 0), a.Rank);
        long start = 0;
        return
        [
            .. SplitImport
                .Parts(node, (int)a.Dimensions[axis])
                .Select(length => SliceFolding.Cut(a, axis, start, start += length, 1)),
        ];
    }

    public static ConstantTensor Gather(NodeImport node, ConstantTensor a)
    {
        ConstantTensor indices = node.Constant(1);
        int axis = Axis.FromFront(node.Int("axis", 0), a.Rank),
            length = (int)a.Dimensions[axis],
            outer = (int)ConstantTensor.Product(a.Dimensions.AsSpan(0, axis)),
            inner = (int)ConstantTensor.Product(a.Dimensions.AsSpan(axis + 1));
        ConstantFolding.Limit(node, (long)outer * indices.Count * inner);
        int[] chosen = [.. indices.Integers.Select(i => Axis.FromFront(i, length))];
        int[] taken =
        [
            .. Enumerable
                .Range(0, outer)
                .SelectMany(o => chosen.SelectMany(c => Enumerable.Range(((o * length) + c) * inner, inner))),
        ];
        return a.Taken(taken, [.. a.Dimensions[..axis], .. indices.Dimensions, .. a.Dimensions[(axis + 1)..]]);
    }

    private static T[] Interleaved<T>(ConstantTensor[] parts, int outer, Func<ConstantTensor, T[]> values)
    {
        T[][] all = [.. parts.Select(values)];
        return
        [
            .. Enumerable
                .Range(0, outer)
                .SelectMany(o => all.SelectMany(v => v.AsSpan(v.Length / outer * o, v.Length / outer).ToArray())),
        ];
    }
}
