using Evenkeel.Layers;
using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>Transpose; one between the orders of files and models costs nothing.</summary>
internal static class TransposeImport
{
    public static void Import(NodeImport node)
    {
        Placed x = node.Placed(0);
        long[] order = node.Ints("perm") ?? [.. Enumerable.Range(0, x.Rank).Reverse().Select(a => (long)a)];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, x.Rank).Select(a => (long)a)))
            throw new UnsupportedException(
                $"perm [{string.Join(", ", order)}] is no order of the dimensions of {x.Signal}"
            );
        int[] moved = [.. order.Where(a => a != x.BatchAxis).Select(a => x.Axis(a))];
        Signal y = Permuted(node, node.OwnName, x.Signal, moved);
        node.Set(new Placed(y, Array.IndexOf(order, x.BatchAxis)).Value);
    }

    /// <summary>A signal with its dimensions in another order.</summary>
    public static Signal Permuted(NodeImport node, string name, Signal x, int[] order)
    {
        if (order.SequenceEqual(Enumerable.Range(0, order.Length)))
            return x;
        int[] dimensions = [.. order.Select(a => x.Dimensions[a])];
        int[] memory =
            x.Layout == Layout.ChannelsLast
                ? [.. Enumerable.Range(1, x.Rank - 1), 0]
                : [.. Enumerable.Range(0, x.Rank)];
        if (order.SequenceEqual(memory))
            return x with { Dimensions = dimensions, Layout = Layout.RowMajor };
        if (order[1..].Append(order[0]).SequenceEqual(memory))
            return x with { Dimensions = dimensions, Layout = Layout.ChannelsLast };
        return node.Network.Append(
            name,
            new Permute([.. order.Select(a => Array.IndexOf(memory, a))]),
            [x],
            dimensions,
            Layout.RowMajor
        );
    }
}
