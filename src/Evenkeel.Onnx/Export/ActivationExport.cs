using Evenkeel.Layers;

namespace Evenkeel.Onnx.Export;

/// <summary>Layers that keep shape and order.</summary>
internal static class ActivationExport
{
    public static string LeakyRelu(NodeExport node) =>
        node.Emit("LeakyRelu", node.Inputs, NodeExport.Attribute("alpha", ((LeakyRelu)node.Node.Layer).Slope));

    public static string Elu(NodeExport node) =>
        node.Emit("Elu", node.Inputs, NodeExport.Attribute("alpha", ((Elu)node.Node.Layer).Alpha));

    public static string Power(NodeExport node) =>
        node.Emit("Pow", [node.Inputs[0], node.Floats("exponent", [((Power)node.Node.Layer).Exponent])]);

    public static string HardSigmoid(NodeExport node)
    {
        var layer = (HardSigmoid)node.Node.Layer;
        return node.Emit(
            "HardSigmoid",
            node.Inputs,
            NodeExport.Attribute("alpha", layer.Slope),
            NodeExport.Attribute("beta", layer.Offset)
        );
    }

    /// <summary>An operator of its own since version 14.</summary>
    public static string HardSwish(NodeExport node)
    {
        if (node.Options.Opset >= 14)
            return node.Emit("HardSwish", node.Inputs);
        string gate = node.EmitAs(
            $"{node.Name}.gate",
            "HardSigmoid",
            node.Inputs,
            NodeExport.Attribute("alpha", 1f / 6f),
            NodeExport.Attribute("beta", 0.5f)
        );
        return node.Emit("Mul", [node.Inputs[0], gate]);
    }

    /// <summary>No operator of its own up to the newest version that is written.</summary>
    public static string Swish(NodeExport node) =>
        node.Emit("Mul", [node.Inputs[0], node.EmitAs($"{node.Name}.gate", "Sigmoid", node.Inputs)]);

    public static string Clip(NodeExport node)
    {
        var layer = (Clip)node.Node.Layer;
        string min = float.IsFinite(layer.Min) ? node.Floats("min", [layer.Min]) : "",
            max = float.IsFinite(layer.Max) ? node.Floats("max", [layer.Max]) : "";
        return node.Emit("Clip", [node.Inputs[0], min, max]);
    }

    /// <summary>Left out where batch normalisation is folded: such a file is for inference.</summary>
    public static string Dropout(NodeExport node)
    {
        if (node.Options.BatchNorm == BatchNormExport.Fold)
            return node.Inputs[0];
        string ratio = node.Floats("ratio", [((Dropout)node.Node.Layer).Rate]);
        return node.Options.BatchNorm == BatchNormExport.Train
            ? node.Emit("Dropout", [node.Inputs[0], ratio, node.True("training_mode")])
            : node.Emit("Dropout", [node.Inputs[0], ratio]);
    }

    public static string LocalResponse(NodeExport node)
    {
        var layer = (LocalResponseNorm)node.Node.Layer;
        if (layer.Size % 2 == 0)
            return EvenLocalResponse(node, layer);
        return node.Emit(
            "LRN",
            node.Inputs,
            NodeExport.Attribute("size", layer.Size),
            NodeExport.Attribute("alpha", layer.Alpha),
            NodeExport.Attribute("beta", layer.Beta),
            NodeExport.Attribute("bias", layer.K)
        );
    }

    // LRN has the odd channel of an even window behind, layers in front: averages over the channels, as of an image, are spelled out.
    private static string EvenLocalResponse(NodeExport node, LocalResponseNorm layer)
    {
        string x = node.Inputs[0],
            squares = node.EmitAs($"{node.Name}.squares", "Mul", [x, x]),
            rows = node.EmitAs(
                $"{node.Name}.rows",
                "Reshape",
                [squares, node.Integers("rows", 0, 1, node.InputShape.Channels, -1)]
            ),
            means = node.EmitAs(
                $"{node.Name}.means",
                "AveragePool",
                [rows],
                NodeExport.Attribute("kernel_shape", [layer.Size, 1]),
                NodeExport.Attribute("pads", [layer.Size / 2, 0, (layer.Size - 1) / 2, 0]),
                NodeExport.Attribute("count_include_pad", 1)
            ),
            shape = node.Integers("shape", [0, .. NodeExport.ChannelsFirst(node.InputShape).Select(d => (long)d)]),
            shaped = node.EmitAs($"{node.Name}.shaped", "Reshape", [means, shape]),
            scaled = node.EmitAs($"{node.Name}.scaled", "Mul", [shaped, node.Floats("alpha", [layer.Alpha])]),
            sum = node.EmitAs($"{node.Name}.sum", "Add", [scaled, node.Floats("bias", [layer.K])]),
            power = node.EmitAs($"{node.Name}.power", "Pow", [sum, node.Floats("beta", [layer.Beta])]);
        return node.Emit("Div", [x, power]);
    }
}
