using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>What a shape to be made says of one example.</summary>
internal static class ReshapeTarget
{
    private const int Open = -1;

    /// <summary>Where the batch stands then, and the dimensions of one example; an error if values would move from one example to another.</summary>
    public static (int BatchAxis, int[] Dimensions) Resolve(NodeImport node, ComputedValue x, long[] target)
    {
        bool copies = node.Int("allowzero", 0) == 0;
        long[] filled = [.. target.Select((t, axis) => t == 0 && copies ? Copied(x, axis) : t)];
        for (int axis = 0; axis < filled.Length; axis++)
        {
            if (MayBeBatch(node, filled, axis) && Around(x, filled, axis) is { } dimensions)
                return (axis, dimensions);
        }

        throw new UnsupportedException(
            $"{x} as [{string.Join(", ", target.Select(t => t == ConstantTensor.BatchSize ? "N" : $"{t}"))}] would mix the examples of "
                + "a batch, or does not hold as many values"
        );
    }

    // By its name, as what is left over, or by the size that the file fixes.
    private static bool MayBeBatch(NodeImport node, long[] filled, int axis) =>
        filled[axis] is ConstantTensor.BatchSize or Open || filled[axis] == node.FixedBatch;

    // The dimensions of one example with the batch in some place; null if they hold other values than before on either side of it.
    private static int[]? Around(ComputedValue x, long[] filled, int batch) =>
        filled.Count(t => t == Open) <= 1
        && Side(filled[..batch], x.Dimensions[..x.BatchAxis]) is { } before
        && Side(filled[(batch + 1)..], x.Dimensions[x.BatchAxis..]) is { } behind
            ? [.. before, .. behind]
            : null;

    private static int[]? Side(long[] target, int[] given)
    {
        if (target.Any(t => t is < Open or 0))
            return null;
        long count = ConstantTensor.Product([.. given.Select(d => (long)d)]),
            known = ConstantTensor.Product([.. target.Where(t => t > 0)]);
        bool fits = target.Contains(Open) ? known > 0 && count % known == 0 : count == known;
        return fits ? [.. target.Select(t => (int)(t == Open ? count / known : t))] : null;
    }

    private static long Copied(ComputedValue x, int axis) =>
        axis <= x.Rank
            ? x.FileDimensions[axis]
            : throw new UnsupportedException($"{x} has no dimension {axis} to take over");
}
