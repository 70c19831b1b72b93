using Evenkeel.Graphs;
using Evenkeel.Kernels.Linear;
using Evenkeel.Layers;
using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>ConvTranspose, over images and single lines.</summary>
internal static class ConvTransposeImport
{
    public static void Import(NodeImport node)
    {
        Signal x = node.Signal(0),
            image = WindowImport.AsImage(node, x);
        ConstantTensor weight = node.Constant(1);
        if (weight.Rank != x.Rank + 1 || weight.Dimensions.Any(d => d < 1) || weight.Dimensions[0] != x.Dimensions[0])
            throw new UnsupportedException($"weights {weight} do not fit an input of {x}");
        int groups = checked((int)node.Int("group", 1)),
            perGroup = checked((int)weight.Dimensions[1]);
        int[] kernel = WindowImport.Pair(weight.Dimensions[2..], 1, "weights");
        (ImageWindow window, int[] extra) = Window(node, image, kernel);
        if (window.HasDilation)
            throw new UnsupportedException("dilations other than 1 are not supported");
        var layer = new ConvTranspose2d(checked(perGroup * groups), window.ToWindow(), node.Has(2))
        {
            Groups = groups,
            OutputPadY = extra[0],
            OutputPadX = extra[1],
        };
        Shape shape = layer.InferShape([image.Shape]);
        int[] made = [shape.Channels, shape.Dimensions[0], shape.Dimensions[1]];
        Signal y = node.Network.Append(node.Name, layer, [image], made, Layout.ChannelsLast);
        node.Network.Fill(y, "weight", to => WeightOrder.OutputsLast(weight.Values, image.Dimensions[0], perGroup, to));
        if (node.Has(2))
            node.Network.Fill(y, "bias", ConvolutionImport.Bias(node.Constant(2), layer.Filters));
        node.Set(WindowImport.FromImage(node, y, x));
    }

    private static (ImageWindow Window, int[] Extra) Window(NodeImport node, Signal image, int[] kernel)
    {
        string automatic = node.Text("auto_pad", "NOTSET");
        int[] extra = WindowImport.Pair(node.Ints("output_padding"), 0, "output_padding");
        int[] strides = WindowImport.Pair(node.Ints("strides"), 1, "strides");
        int[]? wanted = node.Ints("output_shape") is { } shape
            ? WindowImport.Pair(shape.Length > 2 ? shape[2..] : shape, 1, "output_shape")
            : null;
        if (automatic is "SAME_UPPER" or "SAME_LOWER")
            wanted ??= [image.Dimensions[1] * strides[0], image.Dimensions[2] * strides[1]];
        if (wanted is null)
            return (WindowImport.Read(node, image, [kernel[0], kernel[1]]), extra);
        int[] dilations = WindowImport.Pair(node.Ints("dilations"), 1, "dilations"),
            begin = new int[2],
            end = new int[2];
        for (int axis = 0; axis < 2; axis++)
        {
            int total =
                ((image.Dimensions[axis + 1] - 1) * strides[axis])
                + extra[axis]
                + ((kernel[axis] - 1) * dilations[axis])
                + 1
                - wanted[axis];
            // Where the wanted size is larger than what the kernel reaches, the rest is added instead of cut off.
            (extra[axis], total) = total < 0 ? (extra[axis] - total, 0) : (extra[axis], total);
            end[axis] = automatic == "SAME_UPPER" ? total - (total / 2) : total / 2;
            begin[axis] = total - end[axis];
        }

        return (new ImageWindow(kernel, strides, dilations, begin, end), extra);
    }
}
