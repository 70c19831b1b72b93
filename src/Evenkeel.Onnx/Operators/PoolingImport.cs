using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;
using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>MaxPool, AveragePool, GlobalMaxPool and GlobalAveragePool.</summary>
internal static class PoolingImport
{
    public static void Max(NodeImport node)
    {
        Signal image = WindowImport.AsImage(node, node.Signal(0));
        ImageWindow window = WindowImport.Read(node, image);
        if (window.HasDilation)
            throw new UnsupportedException("dilations other than 1 are not supported");
        window =
            node.Int("ceil_mode", 0) != 0
                ? WindowImport.RoundedUp(window, image)
                : WindowImport.WithoutUnused(window, image);
        Append(node, image, new MaxPool2d(window.ToWindow()));
    }

    public static void Average(NodeImport node)
    {
        Signal image = WindowImport.AsImage(node, node.Signal(0));
        ImageWindow window = WindowImport.Read(node, image);
        if (window.HasDilation)
            throw new UnsupportedException("dilations other than 1 are not supported");
        bool counted = node.Int("count_include_pad", 0) != 0 && window.HasPadding;
        if (node.Int("ceil_mode", 0) != 0)
        {
            ImageWindow rounded = WindowImport.RoundedUp(window, image);
            // Padding that rounding adds is never counted, padding that is asked for is.
            if (counted && !rounded.End.SequenceEqual(window.End))
                throw new UnsupportedException("count_include_pad with a size that is rounded up is not supported");
            window = rounded;
        }
        else
        {
            window = WindowImport.WithoutUnused(window, image);
        }

        AverageDivisor divisor = counted ? AverageDivisor.Window : AverageDivisor.RealPixels;
        Append(node, image, new AveragePool2d(window.ToWindow(), window.HasPadding ? divisor : AverageDivisor.Window));
    }

    public static void GlobalMax(NodeImport node)
    {
        Signal image = WindowImport.AsImage(node, node.Signal(0));
        Append(node, image, new MaxPool2d(new Window(image.Dimensions[1], image.Dimensions[2])));
    }

    public static void Global(NodeImport node)
    {
        Signal x = node.Signal(0);
        if (x.Rank < 2)
            throw new UnsupportedException($"its input is {x}, which has no positions");
        Signal means = node.Network.Append(
            node.OwnName,
            new GlobalAveragePool(),
            [node.Network.ChannelsLast(x)],
            [x.Dimensions[0]],
            Layout.RowMajor
        );
        int[] kept = [x.Dimensions[0], .. Enumerable.Repeat(1, x.Rank - 1)];
        node.Set(node.Network.Renamed($"{node.OwnName}.kept", means, kept, Layout.ChannelsLast));
    }

    private static void Append(NodeImport node, Signal image, Layer layer)
    {
        Shape shape = layer.InferShape([image.Shape]);
        int[] made = [shape.Channels, shape.Dimensions[0], shape.Dimensions[1]];
        Signal y = node.Network.Append(node.OwnName, layer, [image], made, Layout.ChannelsLast);
        node.Set(WindowImport.FromImage(node, y, node.Signal(0)));
    }
}
