using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Split along any axis but the batch.</summary>
internal static class SplitImport
{
    public static Value[] Import(NodeImport node)
    {
        ComputedValue x = node.ComputedAnywhere(0);
        int axis = x.ExampleAxis(node.Int("axis", 0));
        if (axis < 0)
            throw new UnsupportedException("it splits the batch");
        return node.Network.Split(node.OwnName, x, axis, [.. Parts(node, x.Dimensions[axis]).Select(p => (int)p)]);
    }

    /// <summary>The lengths of the parts that the node splits a dimension into.</summary>
    public static long[] Parts(NodeImport node, int length)
    {
        long[] parts = node.IntsOrInput("split", 1) ?? Equal(length, node.DeclaredOutputs);
        return parts.Length == node.DeclaredOutputs && parts.All(p => p >= 1 && p <= length) && parts.Sum() == length
            ? parts
            : throw new UnsupportedException(
                $"parts of [{string.Join(", ", parts)}] for {node.DeclaredOutputs} results do not make up {length}"
            );
    }

    // The last part is shorter if need be.
    private static long[] Equal(int length, int parts)
    {
        int each = (length + parts - 1) / Math.Max(parts, 1);
        return [.. Enumerable.Range(0, parts).Select(i => (long)Math.Min(each, length - (i * each)))];
    }
}
