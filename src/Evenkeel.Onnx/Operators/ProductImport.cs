using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>
/// MatMul of two computed values, as in attention: rows times columns, value by value, added up. Every product is stored for a moment, which
/// is fine for the short sequences of small models and limited for others.
/// </summary>
internal static class ProductImport
{
    public static ComputedValue Of(NodeImport node, ComputedValue a, ComputedValue b)
    {
        if (a.Rank < 2 || a.Rank != b.Rank || a.Dimensions[^1] != b.Dimensions[^2])
            throw new UnsupportedException($"{a} and {b} cannot be multiplied as matrices");
        int rank = a.Rank,
            rows = a.Dimensions[^2],
            columns = b.Dimensions[^1],
            length = a.Dimensions[^1];
        int[] turned = [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2];
        ComputedValue left = node.Network.Renamed(
            $"{node.OwnName}.rows",
            node.Network.RowMajor(a),
            [.. a.Dimensions[..^1], 1, length],
            Layout.RowMajor
        );
        ComputedValue right = node.Network.Renamed(
            $"{node.OwnName}.columns",
            node.Network.RowMajor(TransposeImport.Permuted(node, $"{node.OwnName}.turned", b, turned)),
            [.. b.Dimensions[..^2], 1, columns, length],
            Layout.RowMajor
        );
        ComputedValue products = ArithmeticImport.OfComputed(node, new Multiply(), left, right);
        int[] lead = products.Dimensions[..^3];
        ComputedValue sums = node.Network.Append(
            $"{node.OwnName}.sum",
            new ReduceSum([rank]),
            [products],
            [.. lead, rows, columns, 1],
            Layout.RowMajor
        );
        return node.Network.Renamed($"{node.OwnName}.product", sums, [.. lead, rows, columns], Layout.RowMajor);
    }
}
