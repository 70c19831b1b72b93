using Evenkeel.Layers;

namespace Evenkeel.Onnx.Export;

/// <summary>From a layer to nodes of the file: the one table to extend for a new layer.</summary>
internal static class LayerExport
{
    private static readonly Dictionary<Type, Func<NodeExport, string>> Writers = new()
    {
        [typeof(Add)] = n => n.Emit("Add", n.Inputs),
        [typeof(AveragePool2d)] = WindowExport.Average,
        [typeof(BatchNorm)] = BatchNormWriter.Write,
        [typeof(ChannelAffine)] = LinearExport.Affine,
        [typeof(Clip)] = ActivationExport.Clip,
        [typeof(Concat)] = n => n.Emit("Concat", n.Inputs, NodeExport.Attribute("axis", 1)),
        [typeof(Conv2d)] = WindowExport.Convolution,
        [typeof(ConvTranspose2d)] = WindowExport.Transposed,
        [typeof(Divide)] = n => n.Emit("Div", n.Inputs),
        [typeof(Dropout)] = ActivationExport.Dropout,
        [typeof(Elu)] = ActivationExport.Elu,
        [typeof(Flatten)] = PlaceExport.Flatten,
        [typeof(GlobalAveragePool)] = WindowExport.GlobalAverage,
        [typeof(HardSigmoid)] = ActivationExport.HardSigmoid,
        [typeof(HardSwish)] = ActivationExport.HardSwish,
        [typeof(LeakyRelu)] = ActivationExport.LeakyRelu,
        [typeof(Linear)] = LinearExport.Linear,
        [typeof(LocalResponseNorm)] = ActivationExport.LocalResponse,
        [typeof(LogSoftmax)] = n => n.Emit("LogSoftmax", n.Inputs, NodeExport.Attribute("axis", 1)),
        [typeof(MaxPool2d)] = WindowExport.Max,
        [typeof(Multiply)] = n => n.Emit("Mul", n.Inputs),
        [typeof(Pad)] = PlaceExport.Pad,
        [typeof(Permute)] = PlaceExport.Permute,
        [typeof(Relu)] = n => n.Emit("Relu", n.Inputs),
        [typeof(Reshape)] = PlaceExport.Reshape,
        [typeof(ResizeNearest)] = PlaceExport.Resize,
        [typeof(Sigmoid)] = n => n.Emit("Sigmoid", n.Inputs),
        [typeof(Softmax)] = n => n.Emit("Softmax", n.Inputs, NodeExport.Attribute("axis", 1)),
        [typeof(Softplus)] = n => n.Emit("Softplus", n.Inputs),
        [typeof(Stretch)] = PlaceExport.Stretch,
        [typeof(Subtract)] = n => n.Emit("Sub", n.Inputs),
        [typeof(Swish)] = ActivationExport.Swish,
        [typeof(Tanh)] = n => n.Emit("Tanh", n.Inputs),
    };

    /// <summary>The layers that can be written.</summary>
    public static IEnumerable<Type> Known => Writers.Keys;

    /// <summary>Writes a layer and returns the file's name of its value.</summary>
    public static string Write(NodeExport node) =>
        Writers.TryGetValue(node.Node.Layer.GetType(), out Func<NodeExport, string>? write)
            ? write(node)
            : throw new OnnxException(
                $"Layer '{node.Name}' ({node.Node.Layer.Kind}) has no counterpart in ONNX; leave it out before exporting."
            );
}
