using Evenkeel.Onnx.Import;

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
        ["ReduceMax"] = ReduceFolding.Largest,
        ["ReduceMean"] = ReduceFolding.Mean,
        ["ReduceMin"] = ReduceFolding.Least,
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

    /// <summary>Whether the node was computed; one whose inputs are not all constants is not.</summary>
    public static bool TryFold(NodeImport node)
    {
        int[] given = [.. Enumerable.Range(0, node.InputCount).Where(node.Has)];
        if (given.Length == 0 || given.Any(i => node.Get(i) is not Constant))
            return false;
        if (node.Operator == "Expand" && node.Constant(1).Integers.Contains(ConstantTensor.BatchSize))
            return false;
        if (node.Operator == "Split")
        {
            ConstantTensor[] parts = JoinFolding.Split(node, node.Constant(0));
            for (int i = 0; i < parts.Length; i++)
                Set(node, i, parts[i]);
            return true;
        }

        if (!Folders.TryGetValue(node.Operator, out Func<NodeImport, ConstantTensor, ConstantTensor>? fold))
            throw new UnsupportedException("it computes from constants alone, which is not supported for it");
        Set(node, 0, fold(node, node.Constant(0)));
        return true;
    }

    private static void Set(NodeImport node, int output, ConstantTensor made)
    {
        if (!made.Shares(node.Constant(0)))
            node.Network.Folding.Make(made);
        node.Set(output, new Constant(made));
    }

    /// <summary>Refuses results that would be larger than the options allow.</summary>
    public static void Limit(NodeImport node, long count)
    {
        if (count > node.Network.Options.MaxFoldedValues)
            throw new UnsupportedException(
                $"it makes a constant of {count} values, above the limit of {node.Network.Options.MaxFoldedValues}"
            );
    }
}
