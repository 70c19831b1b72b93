using Evenkeel.Onnx.Construction;
using Evenkeel.Onnx.Files;

namespace Evenkeel.Onnx.Operators;

/// <summary>Computes nodes whose inputs are all known: arithmetic with sizes, conditions, and constants that are made from others.</summary>
internal static class ConstantFolding
{
    private static readonly Dictionary<string, Func<NodeImport, ConstantTensor, ConstantTensor>> Folders = new(
        ElementwiseFolding.ByName
    )
    {
        ["Cast"] = ShapeFolding.Cast,
        ["CastLike"] = ShapeFolding.CastLike,
        ["Concat"] = JoinFolding.Concat,
        ["ConstantOfShape"] = FillFolding.OfShape,
        ["DequantizeLinear"] = QuantizationFolding.Dequantize,
        ["Dropout"] = (_, a) => a,
        ["Expand"] = FillFolding.Expand,
        ["Flatten"] = ShapeFolding.Flatten,
        ["Gather"] = JoinFolding.Gather,
        ["Identity"] = (_, a) => a,
        ["NonZero"] = FillFolding.NonZero,
        ["QuantizeLinear"] = QuantizationFolding.Quantize,
        ["Range"] = FillFolding.Range,
        ["ReduceMax"] = ReduceFolding.Max,
        ["ReduceMean"] = ReduceFolding.Mean,
        ["ReduceMin"] = ReduceFolding.Min,
        ["ReduceProd"] = ReduceFolding.Product,
        ["ReduceSum"] = ReduceFolding.Sum,
        ["Reshape"] = ShapeFolding.Reshape,
        ["Shape"] = ShapeFolding.Shape,
        ["Size"] = ShapeFolding.Size,
        ["Slice"] = SliceFolding.Slice,
        ["Squeeze"] = ShapeFolding.Squeeze,
        ["Tile"] = FillFolding.Tile,
        ["Transpose"] = ShapeFolding.Transpose,
        ["Unsqueeze"] = ShapeFolding.Unsqueeze,
    };

    /// <summary>Names of the operators that are computed while importing.</summary>
    public static IEnumerable<string> Names => Folders.Keys.Append("Split");

    /// <summary>Whether a node's operator is one of those.</summary>
    public static bool Folds(FileNode file) => file.IsStandard && Names.Contains(file.Operator);

    /// <summary>The results of a node whose inputs are all constants; null of others.</summary>
    public static Constant[]? Fold(NodeImport node)
    {
        int[] read = [.. Enumerable.Range(0, node.InputCount).Where(node.Has)];
        if (read.Length == 0 || read.Any(i => node.Get(i) is not Constant))
            return null;
        if (SizeInput(node) is { } sizes && node.Constant(sizes).Integers.Contains(ConstantTensor.BatchSize))
            return null;
        ConstantTensor given = node.Constant(0);
        ConstantTensor[] made =
            node.Operator == "Split" ? JoinFolding.Split(node, given)
            : Folders.TryGetValue(node.Operator, out Func<NodeImport, ConstantTensor, ConstantTensor>? fold)
                ? [fold(node, given)]
            : throw new UnsupportedException("it computes from constants alone, which is not supported for it");
        foreach (ConstantTensor tensor in made.Where(tensor => !tensor.Shares(given)))
            node.Network.Constants.CountMade(tensor);
        return [.. made.Select(tensor => new Constant(tensor))];
    }

    // Where a node reads a shape that may have the batch as a dimension: its result is repeated for each example then.
    private static int? SizeInput(NodeImport node) =>
        node.Operator switch
        {
            "Expand" => 1,
            "ConstantOfShape" => 0,
            _ => null,
        };

    /// <summary>Refuses results that would be larger than the options allow.</summary>
    public static void Limit(NodeImport node, long count)
    {
        if (count > node.Network.Options.MaxFoldedValues)
            throw new UnsupportedException(
                $"it makes a constant of {count} values, above the limit of {node.Network.Options.MaxFoldedValues}"
            );
    }
}
