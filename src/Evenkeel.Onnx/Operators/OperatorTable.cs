using Evenkeel.Onnx.Import;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Operators;

/// <summary>Which operators are imported, and by what: the one table to extend.</summary>
internal static class OperatorTable
{
    /// <summary>The newest version of the operators that this table was checked against.</summary>
    public const int NewestKnown = 24;

    private static readonly Dictionary<string, Action<NodeImport>> Importers = new()
    {
        ["Add"] = ArithmeticImport.Add,
        ["AveragePool"] = PoolingImport.Average,
        ["BatchNormalization"] = BatchNormImport.Import,
        ["Cast"] = PassingImport.Cast,
        ["Clip"] = ActivationImport.Clip,
        ["Concat"] = ConcatImport.Import,
        ["Constant"] = ConstantImport.Constant,
        ["ConstantOfShape"] = ConstantImport.OfShape,
        ["Conv"] = ConvolutionImport.Import,
        ["ConvTranspose"] = ConvTransposeImport.Import,
        ["Div"] = ArithmeticImport.Divide,
        ["Dropout"] = PassingImport.Dropout,
        ["Elu"] = ActivationImport.Elu,
        ["Expand"] = ArithmeticImport.Expand,
        ["Flatten"] = ShapeImport.Flatten,
        ["Gather"] = ConstantImport.NotFolded,
        ["Gemm"] = LinearImport.Gemm,
        ["GlobalAveragePool"] = PoolingImport.Global,
        ["HardSigmoid"] = ActivationImport.HardSigmoid,
        ["HardSwish"] = ActivationImport.HardSwish,
        ["Identity"] = PassingImport.Identity,
        ["LRN"] = ActivationImport.LocalResponse,
        ["LeakyRelu"] = ActivationImport.LeakyRelu,
        ["MatMul"] = LinearImport.MatMul,
        ["MaxPool"] = PoolingImport.Max,
        ["Mul"] = ArithmeticImport.Multiply,
        ["Pad"] = PadImport.Import,
        ["ReduceMean"] = ReduceImport.Mean,
        ["Relu"] = ActivationImport.Relu,
        ["Reshape"] = ShapeImport.Reshape,
        ["Resize"] = ResizeImport.Resize,
        ["Shape"] = ShapeImport.Shape,
        ["Sigmoid"] = ActivationImport.Sigmoid,
        ["Slice"] = PadImport.Slice,
        ["Softmax"] = SoftmaxImport.Import,
        ["Squeeze"] = ShapeImport.Squeeze,
        ["Sub"] = ArithmeticImport.Subtract,
        ["Tanh"] = ActivationImport.Tanh,
        ["Transpose"] = TransposeImport.Import,
        ["Unsqueeze"] = ShapeImport.Unsqueeze,
        ["Upsample"] = ResizeImport.Upsample,
    };

    /// <summary>Names of the operators that are imported.</summary>
    public static IEnumerable<string> Names => Importers.Keys;

    /// <summary>Imports one node.</summary>
    /// <exception cref="UnsupportedException">The operator, or the way it is used, is not supported.</exception>
    public static void Import(NodeImport node, NodeProto proto)
    {
        if (
            proto.Domain is not ("" or "ai.onnx")
            || !Importers.TryGetValue(proto.OpType, out Action<NodeImport>? import)
        )
        {
            string domain = proto.Domain.Length > 0 ? $"{proto.Domain}." : "";
            throw new UnsupportedException($"the operator {domain}{proto.OpType} is not supported");
        }

        if (!ConstantFolding.TryFold(node))
            import(node);
    }
}
