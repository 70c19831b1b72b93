using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Export;

/// <summary>From a layer to nodes of the file: the one table to extend for a new layer.</summary>
internal static class LayerExport
{
    private static readonly Dictionary<Type, string> Operators = new()
    {
        [typeof(Abs)] = "Abs",
        [typeof(Add)] = "Add",
        [typeof(Divide)] = "Div",
        [typeof(Erf)] = "Erf",
        [typeof(Exp)] = "Exp",
        [typeof(Log)] = "Log",
        [typeof(Maximum)] = "Max",
        [typeof(Minimum)] = "Min",
        [typeof(Multiply)] = "Mul",
        [typeof(Raise)] = "Pow",
        [typeof(Reciprocal)] = "Reciprocal",
        [typeof(Relu)] = "Relu",
        [typeof(Sigmoid)] = "Sigmoid",
        [typeof(Softplus)] = "Softplus",
        [typeof(Sqrt)] = "Sqrt",
        [typeof(Subtract)] = "Sub",
        [typeof(Tanh)] = "Tanh",
    };

    private static readonly Dictionary<Type, string> Reductions = new()
    {
        [typeof(ReduceMax)] = "ReduceMax",
        [typeof(ReduceMean)] = "ReduceMean",
        [typeof(ReduceMin)] = "ReduceMin",
        [typeof(ReduceSum)] = "ReduceSum",
    };

    private static readonly Dictionary<Type, Func<NodeExport, string>> Writers = new()
    {
        [typeof(AveragePool1d)] = WindowExport.Average,
        [typeof(AveragePool2d)] = WindowExport.Average,
        [typeof(AveragePool3d)] = WindowExport.Average,
        [typeof(BatchNorm)] = BatchNormWriter.Write,
        [typeof(ChannelAffine)] = LinearExport.Affine,
        [typeof(Clip)] = ActivationExport.Clip,
        [typeof(Concat)] = n => n.Emit("Concat", n.Inputs, NodeExport.Attribute("axis", 1)),
        [typeof(ConstantValue)] = ExpandExport.Constant,
        [typeof(Conv1d)] = WindowExport.Convolution,
        [typeof(Conv2d)] = WindowExport.Convolution,
        [typeof(Conv3d)] = WindowExport.Convolution,
        [typeof(ConvTranspose2d)] = WindowExport.Transposed,
        [typeof(DecorrelatedBatchNorm)] = WhiteningExport.Write,
        [typeof(Dropout)] = ActivationExport.Dropout,
        [typeof(Elu)] = ActivationExport.Elu,
        [typeof(Expand)] = ExpandExport.Expand,
        [typeof(Flatten)] = ReshapeExport.Flatten,
        [typeof(GaussianNoise)] = n => n.Emit("Identity", n.Inputs),
        [typeof(Gelu)] = GeluExport.ByErrorFunction,
        [typeof(GeluTanh)] = GeluExport.ByTangent,
        [typeof(GruCell)] = CellExport.Gru,
        [typeof(GlobalAveragePool)] = WindowExport.GlobalAverage,
        [typeof(GroupNorm)] = ExampleNormExport.Group,
        [typeof(HardSigmoid)] = ActivationExport.HardSigmoid,
        [typeof(HardSwish)] = ActivationExport.HardSwish,
        [typeof(InstanceNorm)] = ExampleNormExport.Instance,
        [typeof(IterNorm)] = WhiteningExport.Write,
        [typeof(LayerNorm)] = ExampleNormExport.Layer,
        [typeof(LeakyRelu)] = ActivationExport.LeakyRelu,
        [typeof(Linear)] = LinearExport.Linear,
        [typeof(LocalResponseNorm)] = ActivationExport.LocalResponse,
        [typeof(LogSoftmax)] = n => n.Emit("LogSoftmax", n.Inputs, NodeExport.Attribute("axis", 1)),
        [typeof(LstmCell)] = CellExport.Lstm,
        [typeof(MaxPool1d)] = WindowExport.Max,
        [typeof(MaxPool2d)] = WindowExport.Max,
        [typeof(MaxPool3d)] = WindowExport.Max,
        [typeof(Pad)] = PadExport.Write,
        [typeof(Permute)] = TransposeExport.Permute,
        [typeof(Power)] = ActivationExport.Power,
        [typeof(Reshape)] = ReshapeExport.Reshape,
        [typeof(ResizeLinear)] = ResizeExport.Linear,
        [typeof(ResizeNearest)] = ResizeExport.Nearest,
        [typeof(Softmax)] = n => n.Emit("Softmax", n.Inputs, NodeExport.Attribute("axis", 1)),
        [typeof(Split)] = SplitExport.Write,
        [typeof(Swish)] = ActivationExport.Swish,
    };

    static LayerExport()
    {
        foreach ((Type layer, string operation) in Operators)
            Writers.Add(layer, n => n.Emit(operation, n.Inputs));
        foreach ((Type layer, string operation) in Reductions)
            Writers.Add(layer, n => ReduceExport.Write(n, operation));
    }

    /// <summary>The layers that can be written.</summary>
    public static IEnumerable<Type> Known => Writers.Keys;

    /// <summary>Writes a layer and returns the file's name of its first value.</summary>
    public static string Write(NodeExport node) =>
        Writers.TryGetValue(node.Node.Layer.GetType(), out Func<NodeExport, string>? write)
            ? write(node)
            : throw new OnnxException($"Layer '{node.Name}' {Refusal(node.Node.Layer)}.");

    private static string Refusal(Layer layer) =>
        layer is CustomLayer own
            ? $"is code of this program ('{own.Name}'), for which ONNX has no operator; build it from other layers, or save the model with Save and run it with Evenkeel"
            : $"({layer.Kind}) has no counterpart in ONNX; remove it before exporting";
}
