using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Transpose; one between the orders of files and models costs nothing.</summary>
internal static class TransposeImport
{
    public static Value Import(NodeImport node)
    {
        ComputedValue x = node.ComputedAnywhere(0);
        int[] order = Order(node, x.Rank + 1, x);
        int[] moved = [.. order.Where(a => a != x.BatchAxis).Select(a => x.ExampleAxis(a))];
        ComputedValue y = Permuted(node, node.OwnName, x, moved);
        return y with { BatchAxis = Array.IndexOf(order, x.BatchAxis) };
    }

    /// <summary>A value in the file's order with an axis behind the others.</summary>
    public static ComputedValue AxisLast(NodeImport node, ComputedValue x, int axis) =>
        Permuted(node, $"{node.OwnName}.axis_last", x, [.. Enumerable.Range(0, x.Rank).Where(a => a != axis), axis]);

    /// <summary>The opposite of <see cref="AxisLast"/>.</summary>
    public static ComputedValue AxisBack(NodeImport node, ComputedValue x, int axis)
    {
        int last = x.Rank - 1;
        int[] order = [.. Enumerable.Range(0, axis), last, .. Enumerable.Range(axis, last - axis)];
        return Permuted(node, $"{node.OwnName}.axis_back", x, order);
    }

    /// <summary>The order that a node asks for; backwards if it says none.</summary>
    public static int[] Order(NodeImport node, int rank, object of)
    {
        long[] order = node.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(a => (long)a)];
        return order.Order().SequenceEqual(Enumerable.Range(0, rank).Select(a => (long)a))
            ? [.. order.Select(a => (int)a)]
            : throw new UnsupportedException(
                $"perm [{string.Join(", ", order)}] is not a permutation of the dimensions of {of}"
            );
    }

    /// <summary>A value with its dimensions in another order.</summary>
    public static ComputedValue Permuted(NodeImport node, string name, ComputedValue x, int[] order)
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
