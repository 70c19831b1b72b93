using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>Computes nodes whose inputs are all known: mostly arithmetic with sizes.</summary>
internal static class ConstantFolding
{
    private static readonly Dictionary<string, Func<NodeImport, ConstantTensor, ConstantTensor>> Folders = new()
    {
        ["Add"] = (node, a) => Combine(node, a, (x, y) => x + y, (x, y) => checked(x + y)),
        ["Sub"] = (node, a) => Combine(node, a, (x, y) => x - y, (x, y) => checked(x - y)),
        ["Mul"] = (node, a) => Combine(node, a, (x, y) => x * y, (x, y) => checked(x * y)),
        ["Div"] = (node, a) =>
            Combine(
                node,
                a,
                (x, y) => x / y,
                (x, y) => y == 0 ? throw new UnsupportedException("it divides by 0") : x / y
            ),
        ["Identity"] = (_, a) => a,
        ["Dropout"] = (_, a) => a,
        ["Cast"] = ShapeFolding.Cast,
        ["Concat"] = ShapeFolding.Concat,
        ["Gather"] = ShapeFolding.Gather,
        ["Reshape"] = ShapeFolding.Reshape,
        ["Shape"] = ShapeFolding.Shape,
        ["Slice"] = SliceFolding.Slice,
        ["Squeeze"] = ShapeFolding.Squeeze,
        ["Transpose"] = ShapeFolding.Transpose,
        ["Unsqueeze"] = ShapeFolding.Unsqueeze,
    };

    /// <summary>Whether the node was computed; one whose inputs are not all constants is not.</summary>
    public static bool TryFold(NodeImport node)
    {
        int[] given = [.. Enumerable.Range(0, node.InputCount).Where(node.Has)];
        if (given.Length == 0 || given.Any(i => node.Get(i) is not Constant) || node.Operator == "ConstantOfShape")
            return false;
        if (node.Operator == "Expand" && node.Constant(1).Integers.Contains(ConstantTensor.BatchSize))
            return false;
        if (!Folders.TryGetValue(node.Operator, out Func<NodeImport, ConstantTensor, ConstantTensor>? fold))
            throw new UnsupportedException("it computes from constants alone");
        node.Set(new Constant(fold(node, node.Constant(0))));
        return true;
    }

    /// <summary>Refuses results that would be larger than the options allow.</summary>
    public static void Limit(NodeImport node, long count)
    {
        if (count > node.Network.Options.MaxFoldedValues)
            throw new UnsupportedException(
                $"it makes a constant of {count} values, above the limit of {node.Network.Options.MaxFoldedValues}"
            );
    }

    /// <summary>A tensor repeated along its dimensions of length 1 to fill a shape of as many dimensions or more.</summary>
    public static ConstantTensor Broadcast(ConstantTensor tensor, int[] shape)
    {
        long[] target = [.. shape.Select(d => (long)d)];
        if (tensor.Dimensions.SequenceEqual(target))
            return tensor;
        int count = (int)ConstantTensor.Product(target),
            missing = shape.Length - tensor.Rank;
        if (missing < 0)
            throw new UnsupportedException($"{tensor} has more dimensions than [{string.Join(", ", shape)}]");
        int[] places = new int[count];
        for (int i = 0; i < count; i++)
        {
            int place = 0,
                rest = i,
                stride = 1;
            for (int axis = shape.Length - 1; axis >= missing; axis--)
            {
                (rest, int index) = Math.DivRem(rest, shape[axis]);
                int length = (int)tensor.Dimensions[axis - missing];
                if (length != 1 && length != shape[axis])
                    throw new UnsupportedException($"{tensor} does not fit [{string.Join(", ", shape)}]");
                place += (length == 1 ? 0 : index) * stride;
                stride *= length;
            }

            places[i] = place;
        }

        return tensor.Taken(places, target);
    }

    private static ConstantTensor Combine(
        NodeImport node,
        ConstantTensor a,
        Func<float, float, float> floats,
        Func<long, long, long> integers
    )
    {
        ConstantTensor b = node.Constant(1);
        int rank = Math.Max(a.Rank, b.Rank);
        int[] shape = new int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            long m = axis - rank + a.Rank is >= 0 and var i ? a.Dimensions[i] : 1,
                n = axis - rank + b.Rank is >= 0 and var j ? b.Dimensions[j] : 1;
            shape[axis] = (int)(m == 1 ? n : m);
        }

        long[] dimensions = [.. shape.Select(d => (long)d)];
        if (!dimensions.SequenceEqual(a.Dimensions) && !dimensions.SequenceEqual(b.Dimensions))
            Limit(node, ConstantTensor.Product(dimensions));
        (a, b) = (Broadcast(a, shape), Broadcast(b, shape));
        if (!a.IsInteger || !b.IsInteger)
            return new ConstantTensor([.. a.Floats.Zip(b.Floats, floats)], dimensions);
        if (a.Integers.Concat(b.Integers).Contains(ConstantTensor.BatchSize))
            throw new UnsupportedException("it computes with the size of the batch");
        return new ConstantTensor([.. a.Integers.Zip(b.Integers, integers)], dimensions);
    }
}
