using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>What a shape to be made says of one example.</summary>
internal static class ReshapeTarget
{
    /// <summary>The dimensions of one example, or an error if values would move from one example to another.</summary>
    public static int[] Resolve(NodeImport node, ComputedValue x, long[] target)
    {
        bool copies = node.Int("allowzero", 0) == 0;
        if (target.Length == 0)
            throw Mixes(x, target);
        long[] filled = [.. target.Select((t, axis) => t == 0 && copies ? Copied(x, axis) : t)];
        if (filled.Skip(1).Contains(ConstantTensor.BatchSize) || filled.Skip(1).Any(t => t is < -1 or 0))
            throw Mixes(x, target);
        long known = ConstantTensor.Product([.. filled.Skip(1).Where(t => t > 0)]);
        long open = filled.Skip(1).Count(t => t == -1);
        bool batchFirst =
            filled[0] == ConstantTensor.BatchSize
            || (filled[0] == -1 && open == 0 && known == x.Count)
            || (node.FixedBatch is { } batch && filled[0] == batch);
        if (!batchFirst || open > 1 || (open == 1 ? x.Count % known : x.Count - known) != 0)
            throw Mixes(x, target);
        return [.. filled.Skip(1).Select(t => (int)(t == -1 ? x.Count / known : t))];
    }

    private static long Copied(ComputedValue x, int axis) =>
        axis == 0 ? ConstantTensor.BatchSize
        : axis <= x.Rank ? x.Dimensions[axis - 1]
        : throw new UnsupportedException($"{x} has no dimension {axis} to take over");

    private static UnsupportedException Mixes(ComputedValue x, long[] target) =>
        new(
            $"{x} as [{string.Join(", ", target.Select(t => t == ConstantTensor.BatchSize ? "N" : $"{t}"))}] would mix the examples of "
                + "a batch, or does not hold as many values"
        );
}
