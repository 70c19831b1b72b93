using Evenkeel.Layers;
using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>Slice and Split of everything but the batch: padding by lengths below 0.</summary>
internal static class SliceImport
{
    public static void Slice(NodeImport node)
    {
        (Signal x, int batch) = node.Placed(0);
        List<(int Start, int End)> bounds =
        [
            .. Bounds(node, [.. x.Dimensions[..batch], int.MaxValue, .. x.Dimensions[batch..]]),
        ];
        if (bounds[batch] != (0, int.MaxValue))
            throw new UnsupportedException("it cuts the batch");
        bounds.RemoveAt(batch);
        if (bounds.Exists(b => b.Start >= b.End))
            throw new UnsupportedException("nothing is left of it");
        int[] before = [.. bounds.Select(b => -b.Start)];
        int[] after = [.. bounds.Select((b, axis) => b.End - x.Dimensions[axis])];
        node.Set(new Placed(PadImport.Padded(node, x, before, after, PadMode.Constant, 0), batch).Value);
    }

    /// <summary>Parts of given or of equal lengths, each a slice.</summary>
    public static void Split(NodeImport node)
    {
        Placed placed = node.Placed(0);
        (Signal x, int axis) = (placed.Signal, placed.Axis(node.Int("axis", 0)));
        if (axis < 0)
            throw new UnsupportedException("it splits the batch");
        int length = x.Dimensions[axis],
            start = 0;
        long[] parts = Parts(node, length);
        for (int i = 0; i < parts.Length; start += (int)parts[i], i++)
            node.Set(i, (placed with { Signal = Cut(node, x, axis, start, start + (int)parts[i]) }).Value);
    }

    /// <summary>The part of a signal between two places along an axis.</summary>
    public static Signal Cut(NodeImport node, Signal x, int axis, int start, int end)
    {
        int[] before = new int[x.Rank],
            after = new int[x.Rank];
        (before[axis], after[axis]) = (-start, end - x.Dimensions[axis]);
        return PadImport.Padded(node, x, before, after, PadMode.Constant, 0);
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

    /// <summary>Where a slice begins and ends in each dimension.</summary>
    public static (int Start, int End)[] Bounds(NodeImport node, int[] dimensions)
    {
        long[] starts = node.IntsOrInput("starts", 1) ?? throw new UnsupportedException("starts is missing"),
            ends = node.IntsOrInput("ends", 2) ?? throw new UnsupportedException("ends is missing"),
            axes = node.IntsOrInput("axes", 3) ?? [.. Enumerable.Range(0, starts.Length).Select(a => (long)a)];
        if (node.Has(4) && node.Constant(4).Integers.Any(s => s != 1))
            throw new UnsupportedException("steps other than 1 are not supported");
        if (ends.Length != starts.Length || axes.Length != starts.Length)
            throw new UnsupportedException("starts, ends and axes differ in length");
        (int, int)[] bounds = [.. dimensions.Select(d => (0, d))];
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = SoftmaxImport.Axis(axes[i], dimensions.Length);
            // Up to the size of the batch is the whole batch.
            long end = dimensions[axis] == int.MaxValue && ends[i] == ConstantTensor.BatchSize ? int.MaxValue : ends[i];
            bounds[axis] = (Bound(starts[i], dimensions[axis]), Bound(end, dimensions[axis]));
        }

        return bounds;
    }

    private static int Bound(long index, int length)
    {
        if (index == ConstantTensor.BatchSize)
            throw new UnsupportedException("it cuts by the size of the batch");
        return (int)Math.Clamp(index < 0 ? index + length : index, 0, length);
    }
}
