using Evenkeel.Onnx.Files;

namespace Evenkeel.Onnx.Operators;

/// <summary>What is said of operators that are not imported: the nearest form that is.</summary>
internal static class UnsupportedOperators
{
    private const string Quantized =
        "values are quantised while the network runs, which is not supported; constants (weights) are dequantised: export the model in "
        + "floating point, or with quantised weights only";

    private const string Selection = "it chooses among results; take the values before it and choose there";
    private const string Loops = "loops are not supported; export the model with a fixed number of steps, unrolled";

    private static readonly HashSet<string> QuantizedNames =
    [
        "QuantizeLinear",
        "DequantizeLinear",
        "DynamicQuantizeLinear",
        "ConvInteger",
        "MatMulInteger",
        "MatMulIntegerToFloat",
        "DynamicQuantizeMatMul",
        "DynamicQuantizeLSTM",
    ];

    private static readonly Dictionary<string, string> Hints = new()
    {
        ["Loop"] = Loops,
        ["Scan"] = Loops,
        ["TopK"] = Selection,
        ["ArgMax"] = Selection,
        ["ArgMin"] = Selection,
        ["NonMaxSuppression"] = Selection,
        ["RoiAlign"] = "regions of interest are not supported",
        ["Einsum"] = "export it as MatMul by a constant matrix",
        ["Attention"] = "attention is not supported",
        ["MultiHeadAttention"] = "attention is not supported",
        ["RandomNormalLike"] = "random values are not supported in inference",
        ["RandomUniformLike"] = "random values are not supported in inference",
        ["Bernoulli"] = "random values are not supported in inference",
        ["STFT"] = "transforms to frequencies are supported as Conv by constant filters only",
        ["DFT"] = "transforms to frequencies are supported as Conv by constant filters only",
    };

    /// <summary>Whether a node computes with whole numbers in the place of floats.</summary>
    public static bool IsQuantized(FileNode node) =>
        QuantizedNames.Contains(node.Proto.OpType)
        || node.Proto.OpType.StartsWith("QLinear", StringComparison.Ordinal)
        || node.Proto.OpType.StartsWith("QGemm", StringComparison.Ordinal);

    /// <summary>Why a node is not imported, and what would be.</summary>
    public static string Reason(FileNode node) =>
        IsQuantized(node) ? Quantized
        : node.IsStandard && Hints.TryGetValue(node.Proto.OpType, out string? hint) ? hint
        : "the operator is not supported";
}
