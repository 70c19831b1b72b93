using Evenkeel.Kernels.Linear;
using Evenkeel.Layers;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Export;

/// <summary>Normalisation that decorrelates, as the convolution of single positions in groups that it is in inference.</summary>
internal static class WhiteningExport
{
    public static string Write(NodeExport node)
    {
        var norm = (WhiteningNorm)node.Node.Layer;
        if (node.Options.BatchNorm == BatchNormExport.Train && norm.NormalizeWith == StatisticsSource.Batch)
            throw new OnnxException(
                $"Layer '{node.Name}' ({norm.Kind}) cannot be written to train: ONNX has no operator that whitens. Keep or fold batch normalisation."
            );
        int channels = node.InputShape.Channels,
            size = norm.GroupSize == 0 ? channels : norm.GroupSize,
            places = Math.Max(1, node.InputShape.Dimensions.Length - 1);
        (float[] weights, float[] bias) = node.AffineMap();
        string[] read =
        [
            node.Inputs[0],
            node.Floats(
                "weight",
                WeightOrder.OutputsFirst(weights, channels, size),
                [channels, size, .. Enumerable.Repeat(1, places)]
            ),
            node.Floats("bias", bias, channels),
        ];
        AttributeProto[] attributes =
        [
            NodeExport.Attribute("kernel_shape", [.. Enumerable.Repeat(1, places)]),
            NodeExport.Attribute("group", channels / size),
        ];
        if (node.InputShape.Dimensions.Length > 1)
            return node.Emit("Conv", read, attributes);
        // A row is a line of one place.
        read[0] = node.EmitAs($"{node.Name}.line", "Reshape", [read[0], node.Integers("line.shape", -1, channels, 1)]);
        string y = node.EmitAs($"{node.Name}.product", "Conv", read, attributes);
        return node.Emit("Reshape", [y, node.Integers("shape", -1, channels)]);
    }
}
