using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Reductions over any axes but the batch.</summary>
internal static class ReduceImport
{
    public static Value Mean(NodeImport node)
    {
        if (IsNothing(node))
            return node.Computed(0);
        (ComputedValue x, int[] axes) = Read(node);
        bool positions =
            x.Rank > 1 && x.Layout == Layout.ChannelsLast && axes.SequenceEqual(Enumerable.Range(1, x.Rank - 1));
        return positions ? OverPositions(node, x, axes) : Reduced(node, x, axes, a => new ReduceMean(a));
    }

    public static Value Sum(NodeImport node) => Import(node, a => new ReduceSum(a));

    public static Value Max(NodeImport node) => Import(node, a => new ReduceMax(a));

    public static Value Min(NodeImport node) => Import(node, a => new ReduceMin(a));

    /// <summary>The sum of magnitudes.</summary>
    public static Value SumOfMagnitudes(NodeImport node) => Import(node, a => new ReduceSum(a), ("abs", new Abs()));

    /// <summary>The sum of squares.</summary>
    public static Value SumOfSquares(NodeImport node) => Import(node, a => new ReduceSum(a), ("square", new Power(2)));

    /// <summary>The root of the sum of squares.</summary>
    public static Value Length(NodeImport node) =>
        Import(node, a => new ReduceSum(a), ("square", new Power(2)), ("root", new Sqrt()));

    /// <summary>The logarithm of the sum.</summary>
    public static Value LogOfSum(NodeImport node) => Import(node, a => new ReduceSum(a), behind: ("log", new Log()));

    private static ComputedValue Import(
        NodeImport node,
        Func<AxisList, Reduction> layer,
        (string Name, UnaryFunction Function)? before = null,
        (string Name, UnaryFunction Function)? behind = null
    )
    {
        if (IsNothing(node))
            return node.Computed(0);
        (ComputedValue x, int[] axes) = Read(node);
        return Mapped(node, behind, Reduced(node, Mapped(node, before, x), axes, layer));
    }

    private static ComputedValue Mapped(NodeImport node, (string Name, UnaryFunction Function)? map, ComputedValue x) =>
        map is var (name, function) ? node.Network.Append($"{node.OwnName}.{name}", function, x) : x;

    // No axes mean all of them, or none where the node says so.
    private static bool IsNothing(NodeImport node) =>
        node.IntsOrInput("axes", 1) is null or [] && node.Int("noop_with_empty_axes", 0) != 0;

    private static (ComputedValue X, int[] Axes) Read(NodeImport node)
    {
        ComputedValue x = node.Computed(0);
        int[] axes = node.IntsOrInput("axes", 1) is { Length: > 0 } given
            ? [.. given.Select(a => Axis.FromFront(a, x.Rank + 1) - 1).Distinct().Order()]
            : [-1];
        return axes.Contains(-1)
            ? throw new UnsupportedException("it runs over the batch")
            : (x.Layout == Layout.Flattened ? node.Network.RowMajor(x) : x, axes);
    }

    private static ComputedValue OverPositions(NodeImport node, ComputedValue x, int[] axes)
    {
        int[] made = Made(node, x, axes);
        return node.Network.Renamed(
            $"{node.OwnName}.kept",
            PoolingImport.Means(node, x),
            made,
            made.Length > 1 ? Layout.ChannelsLast : Layout.RowMajor
        );
    }

    private static ComputedValue Reduced(NodeImport node, ComputedValue x, int[] axes, Func<AxisList, Reduction> layer)
    {
        bool last = x.Layout == Layout.ChannelsLast;
        int[] memory =
        [
            .. axes.Select(a =>
                    !last ? a
                    : a == 0 ? x.Rank - 1
                    : a - 1
                )
                .Order(),
        ];
        int[] kept = [.. x.Dimensions.Select((d, a) => axes.Contains(a) ? 1 : d)];
        ComputedValue y = node.Network.Append(node.OwnName, layer([.. memory]), [x], kept, x.Layout);
        int[] made = Made(node, x, axes);
        // Without channels the positions are in the file's order already.
        bool channelsStay = made.Length == kept.Length || !axes.Contains(0);
        return node.Network.Renamed(
            $"{node.OwnName}.kept",
            y,
            made,
            last && channelsStay && made.Length > 1 ? Layout.ChannelsLast : Layout.RowMajor
        );
    }

    private static int[] Made(NodeImport node, ComputedValue x, int[] axes) =>
        node.Int("keepdims", 1) != 0
            ? [.. x.Dimensions.Select((d, a) => axes.Contains(a) ? 1 : d)]
            : [.. x.Dimensions.Where((_, a) => !axes.Contains(a))];
}
