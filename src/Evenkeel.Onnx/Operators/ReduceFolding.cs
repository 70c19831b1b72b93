using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Sums, products, means and extremes of constants over some of their dimensions.</summary>
internal static class ReduceFolding
{
    public static ConstantTensor Sum(NodeImport node, ConstantTensor a) =>
        Reduce(node, a, v => (float)v.Sum(x => (double)x), v => v.Aggregate(0L, Batch((x, y) => checked(x + y))));

    public static ConstantTensor Product(NodeImport node, ConstantTensor a) =>
        Reduce(
            node,
            a,
            v => (float)v.Aggregate(1.0, (x, y) => x * y),
            v => v.Aggregate(1L, Batch((x, y) => checked(x * y)))
        );

    public static ConstantTensor Mean(NodeImport node, ConstantTensor a) =>
        Reduce(
            node,
            a,
            v => (float)v.Average(x => (double)x),
            v => v.Aggregate(0L, (x, y) => checked(x + y)) / v.Length
        );

    public static ConstantTensor Max(NodeImport node, ConstantTensor a) =>
        Reduce(node, a, v => v.Max(), v => v.Aggregate(Batch(Math.Max)));

    public static ConstantTensor Min(NodeImport node, ConstantTensor a) =>
        Reduce(node, a, v => v.Min(), v => v.Aggregate(Batch(Math.Min)));

    private static Func<long, long, long> Batch(Func<long, long, long> operation) =>
        (x, y) => BatchArithmetic.Of(operation, x, y);

    private static ConstantTensor Reduce(
        NodeImport node,
        ConstantTensor a,
        Func<float[], float> floats,
        Func<long[], long> integers
    )
    {
        long[] given = node.IntsOrInput("axes", 1) ?? [];
        if (given.Length == 0 && node.Int("noop_with_empty_axes", 0) != 0)
            return a;
        HashSet<int> axes =
            given.Length == 0 ? [.. Enumerable.Range(0, a.Rank)] : [.. given.Select(i => Axis.FromFront(i, a.Rank))];
        int[] order = [.. Enumerable.Range(0, a.Rank).Where(i => !axes.Contains(i)), .. axes.Order()];
        ConstantTensor moved = ShapeFolding.Ordered(a, order);
        int length = (int)ConstantTensor.Product([.. axes.Select(i => a.Dimensions[i])]);
        if (length == 0 || a.Count == 0)
            throw new UnsupportedException($"there is nothing to reduce in {a}");
        bool keeps = node.Int("keepdims", 1) != 0;
        long[] dimensions =
        [
            .. a.Dimensions.Select((d, i) => axes.Contains(i) ? 1 : d).Where((_, i) => keeps || !axes.Contains(i)),
        ];
        return a.IsInteger
            ? new([.. moved.Integers.Chunk(length).Select(integers)], dimensions)
            : new([.. moved.Floats.Chunk(length).Select(floats)], dimensions);
    }
}
