using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Pad of everything but the batch.</summary>
internal static class PadImport
{
    private const int MaxPadding = 1 << 24;

    public static Value Import(NodeImport node)
    {
        ComputedValue x = node.Computed(0);
        long[] pads =
            (node.Opset < 11 ? node.Ints("pads") ?? node.Ints("paddings") : node.Constant(1).Integers)
            ?? throw new UnsupportedException("pads is missing");
        float value = node.Opset < 11 ? node.Float("value", 0) : node.OptionalConstant(2)?.Scalar ?? 0;
        int[] axes = node.Has(3)
            ? [.. node.Constant(3).Integers.Select(a => Axis.FromFront(a, x.Rank + 1))]
            : [.. Enumerable.Range(0, x.Rank + 1)];
        if (pads.Length != 2 * axes.Length || pads.Any(p => Math.Abs(p) > MaxPadding))
            throw new UnsupportedException($"pads [{string.Join(", ", pads)}] do not fit {x}");
        int[] before = new int[x.Rank + 1],
            after = new int[x.Rank + 1];
        for (int i = 0; i < axes.Length; i++)
            (before[axes[i]], after[axes[i]]) = ((int)pads[i], (int)pads[i + axes.Length]);
        if (before[0] != 0 || after[0] != 0)
            throw new UnsupportedException("it pads the batch");
        PadMode mode = node.Text("mode", "constant") switch
        {
            "constant" => PadMode.Constant,
            "reflect" => PadMode.Reflect,
            "edge" => PadMode.Edge,
            string other => throw new UnsupportedException($"mode {other} is not supported"),
        };
        return Padded(node, x, before[1..], after[1..], mode, value);
    }

    /// <summary>A value padded, or cropped where lengths are below 0.</summary>
    public static ComputedValue Padded(
        NodeImport node,
        ComputedValue x,
        int[] before,
        int[] after,
        PadMode mode,
        float value
    )
    {
        if (before.Concat(after).All(p => p == 0))
            return x;
        x = node.Network.ChannelsLast(x);
        int[] dimensions = [.. x.Dimensions.Select((d, axis) => checked(d + before[axis] + after[axis]))];
        if (x.Rank > 1)
            (before, after) = ([.. before[1..], before[0]], [.. after[1..], after[0]]);
        return node.Network.Append(
            node.OwnName,
            new Pad([.. before], [.. after], mode, value),
            [x],
            dimensions,
            x.Layout
        );
    }
}
