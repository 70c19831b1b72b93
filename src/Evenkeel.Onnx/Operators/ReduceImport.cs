using Evenkeel.Layers;
using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>Reductions over any axes but the batch.</summary>
internal static class ReduceImport
{
    public static void Mean(NodeImport node)
    {
        if (Begin(node) is not var (x, axes))
            return;
        bool positions =
            x.Rank > 1 && x.Layout == Layout.ChannelsLast && axes.SequenceEqual(Enumerable.Range(1, x.Rank - 1));
        node.Set(positions ? OverPositions(node, x, axes) : Reduced(node, x, axes, a => new ReduceMean(a)));
    }

    public static void Sum(NodeImport node) => Import(node, a => new ReduceSum(a), x => x, y => y);

    public static void Max(NodeImport node) => Import(node, a => new ReduceMax(a), x => x, y => y);

    public static void Min(NodeImport node) => Import(node, a => new ReduceMin(a), x => x, y => y);

    /// <summary>The sum of magnitudes.</summary>
    public static void SumOfMagnitudes(NodeImport node) =>
        Import(node, a => new ReduceSum(a), x => Mapped(node, "abs", new Abs(), x), y => y);

    /// <summary>The sum of squares.</summary>
    public static void SumOfSquares(NodeImport node) =>
        Import(node, a => new ReduceSum(a), x => Mapped(node, "square", new Power(2), x), y => y);

    /// <summary>The root of the sum of squares.</summary>
    public static void Length(NodeImport node) =>
        Import(
            node,
            a => new ReduceSum(a),
            x => Mapped(node, "square", new Power(2), x),
            y => Mapped(node, "root", new Sqrt(), y)
        );

    /// <summary>The logarithm of the sum.</summary>
    public static void LogOfSum(NodeImport node) =>
        Import(node, a => new ReduceSum(a), x => x, y => Mapped(node, "log", new Log(), y));

    private static void Import(
        NodeImport node,
        Func<AxisList, Reduction> layer,
        Func<Signal, Signal> before,
        Func<Signal, Signal> behind
    )
    {
        if (Begin(node) is var (x, axes))
            node.Set(behind(Reduced(node, before(x), axes, layer)));
    }

    private static Signal Mapped(NodeImport node, string name, UnaryFunction function, Signal x) =>
        node.Network.Append($"{node.OwnName}.{name}", function, x);

    // Nothing is left to do where no axes are given and the node says that this means none.
    private static (Signal X, int[] Axes)? Begin(NodeImport node)
    {
        Signal x = node.Signal(0);
        long[]? given = node.IntsOrInput("axes", 1);
        bool none = given is null or [];
        if (none && node.Int("noop_with_empty_axes", 0) != 0)
        {
            node.Set(x);
            return null;
        }

        int[] axes = none ? [-1] : [.. given!.Select(a => SoftmaxImport.Axis(a, x.Rank + 1) - 1).Distinct().Order()];
        return axes.Contains(-1)
            ? throw new UnsupportedException("it runs over the batch")
            : (x.Layout == Layout.Flattened ? node.Network.RowMajor(x) : x, axes);
    }

    private static Signal OverPositions(NodeImport node, Signal x, int[] axes)
    {
        Signal means = node.Network.Append(
            node.OwnName,
            new GlobalAveragePool(),
            [node.Network.ChannelsLast(x)],
            [x.Dimensions[0]],
            Layout.RowMajor
        );
        int[] made = Made(node, x, axes);
        return node.Network.Renamed(
            $"{node.OwnName}.kept",
            means,
            made,
            made.Length > 1 ? Layout.ChannelsLast : Layout.RowMajor
        );
    }

    private static Signal Reduced(NodeImport node, Signal x, int[] axes, Func<AxisList, Reduction> layer)
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
        Signal y = node.Network.Append(node.OwnName, layer([.. memory]), [x], kept, x.Layout);
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

    private static int[] Made(NodeImport node, Signal x, int[] axes) =>
        node.Int("keepdims", 1) != 0
            ? [.. x.Dimensions.Select((d, a) => axes.Contains(a) ? 1 : d)]
            : [.. x.Dimensions.Where((_, a) => !axes.Contains(a))];
}
