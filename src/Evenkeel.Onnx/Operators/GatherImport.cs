using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>Gather by constant indices along any axis but the batch: runs of neighbours are cut out and joined.</summary>
internal static class GatherImport
{
    public static void Import(NodeImport node)
    {
        Placed placed = node.Placed(0);
        ConstantTensor indices = node.Constant(1);
        (Signal x, int axis) = (placed.Signal, placed.Axis(node.Int("axis", 0)));
        if (axis < 0)
            throw new UnsupportedException("it chooses among the examples of the batch");
        if (indices.Rank > 1 || indices.Count == 0)
            throw new UnsupportedException($"indices of {indices} are not a row");
        int[] chosen = [.. indices.Integers.Select(i => SoftmaxImport.Axis(i, x.Dimensions[axis]))];
        Signal[] parts = [.. Runs(chosen).Select(r => SliceImport.Cut(node, x, axis, r.Start, r.End))];
        Signal y = parts.Length == 1 ? parts[0] : ConcatImport.Joined(node, parts, axis);
        if (indices.Rank > 0)
            node.Set((placed with { Signal = y }).Value);
        else
            node.Set(
                placed.Without(ShapeImport.To(node, y, [.. y.Dimensions.Where((_, a) => a != axis)]), [axis]).Value
            );
    }

    private static IEnumerable<(int Start, int End)> Runs(int[] indices)
    {
        for (int i = 0; i < indices.Length; )
        {
            int first = i;
            while (++i < indices.Length && indices[i] == indices[i - 1] + 1) { }
            yield return (indices[first], indices[i - 1] + 1);
        }
    }
}
