using Evenkeel.Kernels.Linear;
using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>ConvTranspose, over images and single lines.</summary>
internal static class ConvTransposeImport
{
    public static Value Import(NodeImport node)
    {
        ComputedValue x = node.Computed(0),
            image = AsImage(node, x);
        ConstantTensor weight = node.Constant(1);
        if (weight.Rank != x.Rank + 1 || weight.Dimensions.Any(d => d < 1) || weight.Dimensions[0] != x.Dimensions[0])
            throw new UnsupportedException($"weights {weight} do not fit an input of {x}");
        int groups = checked((int)node.Int("group", 1)),
            perGroup = checked((int)weight.Dimensions[1]);
        (SlidingWindow window, int[] extra) = Window(node, x, weight.Dimensions[2..]);
        ConstantTensor values = ConvolutionImport.Spread(node, weight, window);
        var layer = new ConvTranspose2d(checked(perGroup * groups), window.OverImage().Plane, node.Has(2))
        {
            Groups = groups,
            Trainable = !window.HasDilation,
            OutputPadY = extra.Length > 1 ? extra[0] : 0,
            OutputPadX = extra[^1],
        };
        Shape shape = layer.InferShape([image.Shape]);
        int[] made = [shape.Channels, shape.Dimensions[0], shape.Dimensions[1]];
        ComputedValue y = node.Network.Append(node.Name, layer, [image], made, Layout.ChannelsLast);
        node.Network.Fill(y, "weight", to => WeightOrder.OutputsLast(values.Values, image.Dimensions[0], perGroup, to));
        if (node.Has(2))
            node.Network.Fill(y, "bias", ConvolutionImport.Bias(node.Constant(2), layer.Filters));
        return x.Rank == 3
            ? y
            : node.Network.Renamed($"{node.OwnName}.line", y, [made[0], made[2]], Layout.ChannelsLast);
    }

    private static ComputedValue AsImage(NodeImport node, ComputedValue x) =>
        x.Rank switch
        {
            3 => node.Network.ChannelsLast(x),
            2 => node.Network.Renamed(
                $"{node.OwnName}.image",
                node.Network.ChannelsLast(x),
                [x.Dimensions[0], 1, x.Dimensions[1]],
                Layout.ChannelsLast
            ),
            _ => throw new UnsupportedException(
                $"it works on {x.Rank - 1} dimensions; images and single lines are supported"
            ),
        };

    private static (SlidingWindow Window, int[] Extra) Window(NodeImport node, ComputedValue x, long[] weights)
    {
        int count = x.Rank - 1;
        string automatic = node.Text("auto_pad", "NOTSET");
        int[] kernel = WindowImport.Numbers(weights, 1, count, "weights"),
            extra = WindowImport.Numbers(node.Ints("output_padding"), 0, count, "output_padding"),
            strides = WindowImport.Numbers(node.Ints("strides"), 1, count, "strides");
        int[]? wanted = node.Ints("output_shape") is { } shape
            ? WindowImport.Numbers(shape.Length > count ? shape[2..] : shape, 1, count, "output_shape")
            : null;
        if (automatic is "SAME_UPPER" or "SAME_LOWER")
            wanted ??= [.. strides.Select((stride, axis) => x.Dimensions[axis + 1] * stride)];
        if (wanted is null)
            return (WindowImport.Read(node, x, weights), extra);
        int[] dilations = WindowImport.Numbers(node.Ints("dilations"), 1, count, "dilations"),
            begin = new int[count],
            end = new int[count];
        for (int axis = 0; axis < count; axis++)
        {
            int total =
                ((x.Dimensions[axis + 1] - 1) * strides[axis])
                + extra[axis]
                + ((kernel[axis] - 1) * dilations[axis])
                + 1
                - wanted[axis];
            // Where the wanted size is larger than what the kernel reaches, the rest is added instead of cut off.
            (extra[axis], total) = total < 0 ? (extra[axis] - total, 0) : (extra[axis], total);
            end[axis] = automatic == "SAME_UPPER" ? total - (total / 2) : total / 2;
            begin[axis] = total - end[axis];
        }

        return (new SlidingWindow(kernel, strides, dilations, begin, end), extra);
    }
}
