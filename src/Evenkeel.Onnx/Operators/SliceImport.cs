using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Slice of everything but the batch: padding by lengths below 0.</summary>
internal static class SliceImport
{
    public static Value Import(NodeImport node)
    {
        ComputedValue x = node.ComputedAnywhere(0);
        int batch = x.BatchAxis;
        int[] lengths = [.. x.Dimensions[..batch], int.MaxValue, .. x.Dimensions[batch..]];
        List<(int Start, int End)> bounds = [.. Bounds(node, lengths)];
        if (bounds[batch] != (0, int.MaxValue))
            throw new UnsupportedException("it cuts the batch");
        bounds.RemoveAt(batch);
        if (bounds.Exists(b => b.Start >= b.End))
            throw new UnsupportedException("nothing is left of it");
        int[] before = [.. bounds.Select(b => -b.Start)];
        int[] after = [.. bounds.Select((b, axis) => b.End - x.Dimensions[axis])];
        return PadImport.Padded(node, x, before, after, PadMode.Constant, 0) with { BatchAxis = batch };
    }

    /// <summary>The part of a value between two indices along an axis.</summary>
    public static ComputedValue Cut(NodeImport node, ComputedValue x, int axis, int start, int end)
    {
        int[] before = new int[x.Rank],
            after = new int[x.Rank];
        (before[axis], after[axis]) = (-start, end - x.Dimensions[axis]);
        return PadImport.Padded(node, x, before, after, PadMode.Constant, 0);
    }

    /// <summary>Where a slice begins and ends in each dimension.</summary>
    private static (int Start, int End)[] Bounds(NodeImport node, int[] dimensions)
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
            int axis = Axis.FromFront(axes[i], dimensions.Length);
            // Up to the size of the batch is the whole batch.
            long end = dimensions[axis] == int.MaxValue && ends[i] == ConstantTensor.BatchSize ? int.MaxValue : ends[i];
            bounds[axis] = (Bound(starts[i], dimensions[axis]), Bound(end, dimensions[axis]));
        }

        return bounds;
    }

    private static int Bound(long index, int length)
    {
        if (index == ConstantTensor.BatchSize)
            throw new UnsupportedException("it cuts by the batch size");
        return (int)Math.Clamp(index < 0 ? index + length : index, 0, length);
    }
}
