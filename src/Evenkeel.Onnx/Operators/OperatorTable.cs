using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;
using Evenkeel.Onnx.Files;

namespace Evenkeel.Onnx.Operators;

/// <summary>Which operators are imported, and by what: the one table to extend.</summary>
internal static class OperatorTable
{
    /// <summary>The newest version of the operators that this table was checked against.</summary>
    public const int NewestKnown = 24;

    private static readonly Dictionary<string, Func<NodeImport, Value>> ValueByValue = new()
    {
        ["Abs"] = ActivationImport.Plain(new Abs()),
        ["Add"] = ArithmeticImport.Add,
        ["Clip"] = ActivationImport.Clip,
        ["Div"] = ArithmeticImport.Divide,
        ["Elu"] = ActivationImport.Elu,
        ["Erf"] = ActivationImport.Plain(new Erf()),
        ["Exp"] = ActivationImport.Plain(new Exp()),
        ["Expand"] = ArithmeticImport.Expand,
        ["Gelu"] = ActivationImport.Gelu,
        ["HardSigmoid"] = ActivationImport.HardSigmoid,
        ["HardSwish"] = ActivationImport.Plain(new HardSwish()),
        ["LeakyRelu"] = ActivationImport.LeakyRelu,
        ["Log"] = ActivationImport.Plain(new Log()),
        ["LogSoftmax"] = SoftmaxImport.Logarithm,
        ["Max"] = ExtremeImport.Max,
        ["Min"] = ExtremeImport.Min,
        ["Mul"] = ArithmeticImport.Multiply,
        ["Neg"] = ArithmeticImport.Negate,
        ["Pow"] = PowerImport.Import,
        ["PRelu"] = ActivationImport.ParametricRelu,
        ["Reciprocal"] = ActivationImport.Plain(new Reciprocal()),
        ["Relu"] = ActivationImport.Plain(new Relu()),
        ["Selu"] = ActivationImport.Selu,
        ["Sigmoid"] = ActivationImport.Plain(new Sigmoid()),
        ["Softmax"] = SoftmaxImport.Import,
        ["Softplus"] = ActivationImport.Plain(new Softplus()),
        ["Sqrt"] = ActivationImport.Plain(new Sqrt()),
        ["Sub"] = ArithmeticImport.Subtract,
        ["Sum"] = ArithmeticImport.Sum,
        ["Tanh"] = ActivationImport.Plain(new Tanh()),
    };

    private static readonly Dictionary<string, Func<NodeImport, Value>> Importers = new(ValueByValue)
    {
        ["AveragePool"] = PoolingImport.Average,
        ["BatchNormalization"] = BatchNormImport.Import,
        ["Cast"] = IdentityImport.Cast,
        ["CastLike"] = IdentityImport.CastLike,
        ["Concat"] = ConcatImport.Import,
        ["Constant"] = ConstantImport.Constant,
        ["ConstantOfShape"] = ConstantImport.OfShape,
        ["Conv"] = ConvolutionImport.Import,
        ["ConvTranspose"] = ConvTransposeImport.Import,
        ["DepthToSpace"] = DepthSpaceImport.ToSpace,
        ["Dropout"] = IdentityImport.Dropout,
        ["Flatten"] = ShapeImport.Flatten,
        ["Gather"] = GatherImport.Import,
        ["Gemm"] = LinearImport.Gemm,
        ["GlobalAveragePool"] = PoolingImport.Global,
        ["GlobalMaxPool"] = PoolingImport.GlobalMax,
        ["Identity"] = IdentityImport.Identity,
        ["GroupNormalization"] = ExampleNormImport.Group,
        ["InstanceNormalization"] = ExampleNormImport.Instance,
        ["LayerNormalization"] = ExampleNormImport.Layer,
        ["LRN"] = ActivationImport.LocalResponse,
        ["MatMul"] = LinearImport.MatMul,
        ["MaxPool"] = PoolingImport.Max,
        ["Pad"] = PadImport.Import,
        ["ReduceL1"] = ReduceImport.SumOfMagnitudes,
        ["ReduceL2"] = ReduceImport.Length,
        ["ReduceLogSum"] = ReduceImport.LogOfSum,
        ["ReduceMax"] = ReduceImport.Max,
        ["ReduceMean"] = ReduceImport.Mean,
        ["ReduceMin"] = ReduceImport.Min,
        ["ReduceSum"] = ReduceImport.Sum,
        ["ReduceSumSquare"] = ReduceImport.SumOfSquares,
        ["Reshape"] = ShapeImport.Reshape,
        ["Resize"] = ResizeImport.Resize,
        ["Shape"] = ShapeImport.Shape,
        ["Slice"] = SliceImport.Import,
        ["SpaceToDepth"] = DepthSpaceImport.ToDepth,
        ["Squeeze"] = ShapeImport.Squeeze,
        ["Tile"] = TileImport.Import,
        ["Transpose"] = TransposeImport.Import,
        ["Unsqueeze"] = ShapeImport.Unsqueeze,
        ["Upsample"] = ResizeImport.Upsample,
        ["Where"] = IdentityImport.Where,
    };

    private static readonly Dictionary<string, Func<NodeImport, IReadOnlyList<Value>>> ImportersOfSeveral = new()
    {
        ["GRU"] = RecurrentImport.Gru,
        ["LSTM"] = RecurrentImport.Lstm,
        ["RNN"] = RecurrentImport.Rnn,
        ["Split"] = SplitImport.Import,
    };

    private static readonly HashSet<string> Weighted = ["Conv", "ConvTranspose", "Gemm"];

    /// <summary>Names of the operators that are imported.</summary>
    public static IEnumerable<string> Names => Importers.Keys.Concat(ImportersOfSeveral.Keys);

    /// <summary>The results of one node, in its order.</summary>
    /// <exception cref="UnsupportedException">The operator, or the way it is used, is not supported.</exception>
    public static IReadOnlyList<Value> Import(NodeImport node, FileNode file)
    {
        if (file.IsStandard && ConstantFolding.Fold(node) is { } constants)
            return constants;
        if (Obstacle(file, isComputed: true) is { } obstacle)
            throw new UnsupportedException(obstacle);
        if (node.InputCount == 0 && file.Operator != "Constant")
            throw new UnsupportedException("it has no input");
        return ImportersOfSeveral.TryGetValue(file.Operator, out Func<NodeImport, IReadOnlyList<Value>>? importer)
            ? importer(node)
            : [Importers[file.Operator](node)];
    }

    /// <summary>The second input of a node if it must be a constant whatever the first one is.</summary>
    public static string? Weights(FileNode file) =>
        file.IsStandard && Weighted.Contains(file.Operator) && file.Proto.Input.Count > 1 ? file.Proto.Input[1] : null;

    /// <summary>Why nodes of this operator are not imported, however they are used; null if they are.</summary>
    /// <param name="file">A node.</param>
    /// <param name="isComputed">Whether it reads values that are computed from the input.</param>
    public static string? Obstacle(FileNode file, bool isComputed)
    {
        if (file.IsStandard && Names.Contains(file.Operator))
            return null;
        if (file.IsStandard && file.Operator == "If")
            return isComputed ? ConditionalImport.NotKnown : null;
        if (!ConstantFolding.Folds(file))
            return UnsupportedOperators.Reason(file);
        if (!isComputed)
            return null;
        return UnsupportedOperators.IsQuantized(file)
            ? UnsupportedOperators.Reason(file)
            : "it is supported for constants and sizes only, and its input is computed";
    }
}
