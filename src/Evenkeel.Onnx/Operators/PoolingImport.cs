using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>MaxPool, AveragePool, GlobalMaxPool and GlobalAveragePool.</summary>
internal static class PoolingImport
{
    public static Value Max(NodeImport node)
    {
        (ComputedValue x, SlidingWindow window) = Read(node);
        window =
            node.Int("ceil_mode", 0) != 0 ? WindowImport.RoundedUp(window, x) : WindowImport.WithoutUnused(window, x);
        return WindowImport.Append(node, node.OwnName, window.ToMaxPooling(), x);
    }

    public static Value Average(NodeImport node)
    {
        (ComputedValue x, SlidingWindow window) = Read(node);
        bool counted = node.Int("count_include_pad", 0) != 0 && window.HasPadding;
        if (node.Int("ceil_mode", 0) != 0)
        {
            SlidingWindow rounded = WindowImport.RoundedUp(window, x);
            // Padding that rounding adds is never counted, padding that is asked for is.
            if (counted && !rounded.End.SequenceEqual(window.End))
                throw new UnsupportedException("count_include_pad with a size that is rounded up is not supported");
            window = rounded;
        }
        else
        {
            window = WindowImport.WithoutUnused(window, x);
        }

        AverageDivisor divisor = counted ? AverageDivisor.Window : AverageDivisor.RealPixels;
        Layer layer = window.ToAveragePooling(window.HasPadding ? divisor : AverageDivisor.Window);
        return WindowImport.Append(node, node.OwnName, layer, x);
    }

    public static Value GlobalMax(NodeImport node)
    {
        ComputedValue x = node.Network.ChannelsLast(WithPositions(node));
        return WindowImport.Append(node, node.OwnName, new ReduceMax([.. Enumerable.Range(0, x.Rank - 1)]), x);
    }

    public static Value Global(NodeImport node)
    {
        ComputedValue x = WithPositions(node);
        int[] kept = [x.Dimensions[0], .. Enumerable.Repeat(1, x.Rank - 1)];
        return node.Network.Renamed($"{node.OwnName}.kept", Means(node, x), kept, Layout.ChannelsLast);
    }

    /// <summary>The means of all channels over their positions.</summary>
    public static ComputedValue Means(NodeImport node, ComputedValue x) =>
        node.Network.Append(
            node.OwnName,
            new GlobalAveragePool(),
            [node.Network.ChannelsLast(x)],
            [x.Dimensions[0]],
            Layout.RowMajor
        );

    private static (ComputedValue X, SlidingWindow Window) Read(NodeImport node)
    {
        ComputedValue x = WindowImport.Positions(node, node.Computed(0));
        SlidingWindow window = WindowImport.Read(node, x);
        return window.HasDilation
            ? throw new UnsupportedException("dilations other than 1 are not supported")
            : (x, window);
    }

    private static ComputedValue WithPositions(NodeImport node) =>
        node.Computed(0) is { Rank: > 1 } x
            ? x
            : throw new UnsupportedException($"its input is {node.Computed(0)}, which has no positions");
}
