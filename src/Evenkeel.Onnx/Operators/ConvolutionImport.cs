using Evenkeel.Kernels.Linear;
using Evenkeel.Layers;
using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>Conv, over images and single lines.</summary>
internal static class ConvolutionImport
{
    public static void Import(NodeImport node)
    {
        Signal x = node.Signal(0);
        ConstantTensor weight = node.Constant(1);
        Signal image = WindowImport.AsImage(node, x);
        if (weight.Rank != x.Rank + 1 || weight.Dimensions.Any(d => d < 1))
            throw new UnsupportedException($"weights {weight} do not fit an input of {x}");
        ImageWindow window = WindowImport.Read(node, image, weight.Dimensions[2..]);
        int groups = checked((int)node.Int("group", 1)),
            filters = checked((int)weight.Dimensions[0]),
            perGroup = checked((int)weight.Dimensions[1]);
        if (groups < 1 || (long)perGroup * groups != image.Dimensions[0])
            throw new UnsupportedException($"weights {weight} of {groups} groups do not fit an input of {x}");
        if (!WindowImport.Pair(weight.Dimensions[2..], 1, "weights").SequenceEqual(window.Kernel))
            throw new UnsupportedException($"kernel_shape does not fit weights {weight}");
        ConstantTensor values = Spread(node, weight, window, filters, perGroup);
        image = PadApart(node, image, ref window);
        var layer = new Conv2d(filters, window.ToWindow(), node.Has(2))
        {
            Groups = groups,
            Trainable = !window.HasDilation,
        };
        int[] made = Output(layer, image);
        Signal y = node.Network.Append(node.Name, layer, [image], made, Layout.ChannelsLast);
        node.Network.Fill(y, "weight", to => WeightOrder.OutputsLast(values.Values, filters, perGroup, to));
        if (node.Has(2))
            node.Network.Fill(y, "bias", Bias(node.Constant(2), filters));
        node.Set(WindowImport.FromImage(node, y, x));
    }

    /// <summary>A bias of the length that is needed.</summary>
    public static float[] Bias(ConstantTensor bias, int filters) =>
        bias.Count == filters
            ? bias.Floats
            : throw new UnsupportedException($"a bias of {bias} does not fit {filters} outputs");

    // The file's order of a layer's output over an image.
    private static int[] Output(Layer layer, Signal image)
    {
        Graphs.Shape shape = layer.InferShape([image.Shape]);
        return [shape.Channels, shape.Dimensions[0], shape.Dimensions[1]];
    }

    // Layers pad less than the kernel; more is a layer of its own.
    private static Signal PadApart(NodeImport node, Signal image, ref ImageWindow window)
    {
        int[] reach = window.Reach;
        ImageWindow given = window;
        bool fits = Enumerable.Range(0, 2).All(a => given.Begin[a] < reach[a] && given.End[a] < reach[a]);
        if (fits)
            return image;
        var pad = new Pad([.. window.Begin, 0], [.. window.End, 0]);
        int[] dimensions =
        [
            image.Dimensions[0],
            image.Dimensions[1] + window.Begin[0] + window.End[0],
            image.Dimensions[2] + window.Begin[1] + window.End[1],
        ];
        window = window with { Begin = [0, 0], End = [0, 0] };
        return node.Network.Append($"{node.Name}.pad", pad, [image], dimensions, Layout.ChannelsLast);
    }

    // A kernel with gaps is a larger kernel with zeros.
    private static ConstantTensor Spread(
        NodeImport node,
        ConstantTensor weight,
        ImageWindow window,
        int filters,
        int perGroup
    )
    {
        if (!window.HasDilation)
            return weight;
        int[] reach = window.Reach;
        long count = (long)filters * perGroup * reach[0] * reach[1];
        if (count > node.Network.Options.MaxValuesPerExample)
            throw new UnsupportedException($"its dilated kernel of {reach[0]}x{reach[1]} needs {count} weights");
        node.Note("the dilated kernel is stored with zeros between its weights, and training leaves it as it is");
        ReadOnlySpan<float> values = weight.Values;
        float[] spread = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            (int block, int place) = Math.DivRem(i, window.Kernel[0] * window.Kernel[1]);
            (int row, int column) = Math.DivRem(place, window.Kernel[1]);
            int at = (row * window.Dilations[0] * reach[1]) + (column * window.Dilations[1]);
            spread[(block * reach[0] * reach[1]) + at] = values[i];
        }

        return new ConstantTensor(spread, filters, perGroup, reach[0], reach[1]);
    }
}
