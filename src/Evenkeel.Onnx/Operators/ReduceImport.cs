using Evenkeel.Layers;
using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>ReduceMean over any axes but the batch.</summary>
internal static class ReduceImport
{
    public static void Mean(NodeImport node)
    {
        Signal x = node.Signal(0);
        long[]? given = node.IntsOrInput("axes", 1);
        if (given is null or [])
        {
            if (node.Int("noop_with_empty_axes", 0) == 0)
                throw new UnsupportedException("it averages over the batch");
            node.Set(x);
            return;
        }

        int[] axes = [.. given.Select(a => SoftmaxImport.Axis(a, x.Rank + 1) - 1).Distinct().Order()];
        if (axes.Contains(-1))
            throw new UnsupportedException("it averages over the batch");
        bool keeps = node.Int("keepdims", 1) != 0;
        int[] made = keeps
            ? [.. x.Dimensions.Select((d, a) => axes.Contains(a) ? 1 : d)]
            : [.. x.Dimensions.Where((_, a) => !axes.Contains(a))];
        bool positions = x.Rank > 1 && axes.SequenceEqual(Enumerable.Range(1, x.Rank - 1));
        node.Set(positions ? OverPositions(node, x, made) : OverAny(node, x, axes, made));
    }

    private static Signal OverPositions(NodeImport node, Signal x, int[] made)
    {
        Signal image = node.Network.ChannelsLast(x);
        Signal means = Append(node, image, x.Dimensions[0]);
        Layout layout = made.Length > 1 ? Layout.ChannelsLast : Layout.RowMajor;
        return node.Network.Renamed($"{node.OwnName}.kept", means, made, layout);
    }

    // The axes to average come first, as one; the others behind them, as one.
    private static Signal OverAny(NodeImport node, Signal x, int[] axes, int[] made)
    {
        x = node.Network.RowMajor(x);
        int[] order = [.. axes, .. Enumerable.Range(0, x.Rank).Except(axes)];
        int averaged = axes.Aggregate(1, (p, a) => p * x.Dimensions[a]);
        Signal moved = TransposeImport.Permuted(node, $"{node.OwnName}.axes_first", x, order);
        moved = node.Network.RowMajor(moved);
        Signal rows = node.Network.Renamed(
            $"{node.OwnName}.rows",
            moved,
            [averaged, x.Count / averaged],
            Layout.RowMajor
        );
        return node.Network.Renamed(
            $"{node.OwnName}.kept",
            Append(node, rows, x.Count / averaged),
            made,
            Layout.RowMajor
        );
    }

    private static Signal Append(NodeImport node, Signal x, int count) =>
        node.Network.Append(node.OwnName, new GlobalAveragePool(), [x], [count], Layout.RowMajor);
}
