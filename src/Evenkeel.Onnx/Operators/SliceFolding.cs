using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Cuts constants, with steps in either direction: exporters turn lists of paddings round so.</summary>
internal static class SliceFolding
{
    public static ConstantTensor Slice(NodeImport node, ConstantTensor a)
    {
        long[] starts = node.IntsOrInput("starts", 1) ?? throw new UnsupportedException("starts is missing"),
            ends = node.IntsOrInput("ends", 2) ?? throw new UnsupportedException("ends is missing"),
            axes = node.IntsOrInput("axes", 3) ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)],
            steps = node.Has(4) ? node.Constant(4).Integers : [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
            throw new UnsupportedException("starts, ends, axes and steps differ in length");
        for (int i = 0; i < starts.Length; i++)
            a = Cut(a, Axis.FromFront(axes[i], a.Rank), starts[i], ends[i], steps[i]);
        return a;
    }

    /// <summary>The part of a tensor between two indices along an axis.</summary>
    public static ConstantTensor Cut(ConstantTensor a, int axis, long start, long end, long step)
    {
        if (start == ConstantTensor.BatchSize || step == 0)
            throw new UnsupportedException("it cuts by the batch size, or with a step of 0");
        int length = (int)a.Dimensions[axis];
        long[] kept = [.. Kept(length, start, end, step)];
        int inner = a.Dimensions.Skip(axis + 1).Aggregate(1, (p, d) => p * (int)d),
            outer = length == 0 || inner == 0 ? 0 : a.Count / (length * inner);
        int[] indices =
        [
            .. Enumerable
                .Range(0, outer)
                .SelectMany(o =>
                    kept.SelectMany(k => Enumerable.Range(0, inner).Select(i => (((o * length) + (int)k) * inner) + i))
                ),
        ];
        return a.Taken(indices, [.. a.Dimensions.Select((d, i) => i == axis ? kept.Length : d)]);
    }

    // An end far below 0 means everything down to the first, which no index names.
    private static IEnumerable<long> Kept(int length, long start, long end, long step)
    {
        long first = Math.Clamp(start < 0 ? start + length : start, step > 0 ? 0 : -1, step > 0 ? length : length - 1);
        long last = Math.Clamp(
            end < -length ? -1
                : end < 0 ? end + length
                : end,
            -1,
            length
        );
        for (long i = first; step > 0 ? i < last : i > last; i += step)
        {
            yield return i;
            if (Math.Abs(step) > length)
                yield break;
        }
    }
}
