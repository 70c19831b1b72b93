using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Gather by constant indices along any axis but the batch: runs of neighbours are cut out and joined.</summary>
internal static class GatherImport
{
    public static Value Import(NodeImport node)
    {
        ComputedValue x = node.ComputedAnywhere(0);
        ConstantTensor indices = node.Constant(1);
        int axis = x.ExampleAxis(node.Int("axis", 0));
        if (axis < 0)
            throw new UnsupportedException("it chooses among the examples of the batch");
        if (indices.Rank > 1 || indices.Count == 0)
            throw new UnsupportedException($"indices of {indices} are not a row");
        int[] chosen = [.. indices.Integers.Select(i => Axis.FromFront(i, x.Dimensions[axis]))];
        ComputedValue[] parts = [.. Runs(chosen).Select(r => SliceImport.Cut(node, x, axis, r.Start, r.End))];
        ComputedValue y = parts.Length == 1 ? parts[0] : ConcatImport.Joined(node, parts, axis);
        y = y with { BatchAxis = x.BatchAxis };
        return indices.Rank > 0 ? y : ShapeImport.Without(node, y, [axis]);
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
