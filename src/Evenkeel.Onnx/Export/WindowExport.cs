using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Export;

/// <summary>Layers with a window over an image.</summary>
internal static class WindowExport
{
    public static string Convolution(NodeExport node)
    {
        var layer = (ConvolutionLayer)node.Node.Layer;
        SlidingSizes sizes = SlidingSizes.Of(layer);
        int perGroup = node.InputShape.Channels / layer.Groups,
            // A volume's kernel depth lies with the channels.
            inputs = layer is Conv3d volume ? perGroup * volume.Depth.Length : perGroup;
        float[] weight = WeightOrder.OutputsFirst(node.Values("weight"), layer.Filters, inputs);
        string[] read = [node.Inputs[0], node.Floats("weight", weight, [layer.Filters, perGroup, .. sizes.Kernel])];
        if (layer.Bias)
            read = [.. read, node.Floats("bias", node.Values("bias"), layer.Filters)];
        return node.Emit("Conv", read, [.. sizes.Attributes, NodeExport.Attribute("group", layer.Groups)]);
    }

    public static string Transposed(NodeExport node)
    {
        var layer = (ConvTranspose2d)node.Node.Layer;
        int channels = node.InputShape.Channels,
            perGroup = layer.Filters / layer.Groups;
        float[] weight = WeightOrder.OutputsFirst(node.Values("weight"), channels, perGroup);
        string[] read =
        [
            node.Inputs[0],
            node.Floats("weight", weight, channels, perGroup, layer.Window.Height, layer.Window.Width),
        ];
        if (layer.Bias)
            read = [.. read, node.Floats("bias", node.Values("bias"), layer.Filters)];
        AttributeProto extra = NodeExport.Attribute("output_padding", [layer.OutputPadY, layer.OutputPadX]);
        return node.Emit(
            "ConvTranspose",
            read,
            [.. SlidingSizes.Of(layer).Attributes, NodeExport.Attribute("group", layer.Groups), extra]
        );
    }

    public static string Max(NodeExport node) =>
        node.Emit("MaxPool", node.Inputs, SlidingSizes.Of(node.Node.Layer).Attributes);

    public static string Average(NodeExport node)
    {
        var layer = (AveragePoolingLayer)node.Node.Layer;
        int counted = layer.Divisor == AverageDivisor.Window ? 1 : 0;
        return node.Emit(
            "AveragePool",
            node.Inputs,
            [.. SlidingSizes.Of(layer).Attributes, NodeExport.Attribute("count_include_pad", counted)]
        );
    }

    public static string GlobalAverage(NodeExport node)
    {
        if (node.InputShape.Dimensions.Length == 1)
            return node.Inputs[0];
        string means = node.EmitAs($"{node.Name}.kept", "GlobalAveragePool", node.Inputs);
        return node.Emit("Flatten", [means], NodeExport.Attribute("axis", 1));
    }
}
